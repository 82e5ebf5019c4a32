from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.bundle.load import load_bundle
from models.bundle.publish import publish
from models.calibration.belonging import check_belongs
from models.calibration.calibrator import certify
from models.calibration.no_match import certify_no_match
from models.calibration.record import CalibrationRecord
from models.calibration.settings import GroupSettings
from models.calibration.target import Target
from models.errors import BundleError
from models.thresholds import Promise
from tests.resealed import exchange
from tests.small_bundle import CREATED_AT, small_contents, small_record

TARGET = Target(0.85, 0.9)


def promised(record: CalibrationRecord) -> Promise:
    return certify(record.labels, record.unlabelled, TARGET, record.settings, "now")


def no_match(record: CalibrationRecord) -> Promise:
    return certify_no_match(record.labels, record.unlabelled, TARGET, record.settings, "now")


@pytest.mark.parametrize("groups", [None, GroupSettings()])
def test_promises_belong_to_the_labels_they_were_certified_on(
    groups: GroupSettings | None,
) -> None:
    record = small_record(2000, groups=groups)
    promise = promised(record)
    assert len(promise.groups) == (2 if groups else 0)
    check_belongs(record, [promise], no_match(record), "here")


@pytest.mark.parametrize("groups", [None, GroupSettings()])
def test_promises_of_other_labels_are_refused(groups: GroupSettings | None) -> None:
    record, other = (small_record(2000, groups=groups, seed=seed) for seed in (0, 1))
    with pytest.raises(BundleError, match=r"here: the promise .* 0\.85.*different bundles"):
        check_belongs(record, [promised(other)], None, "here")


@pytest.mark.parametrize(
    "changed",
    [{"accepted": 1}, {"errors": 0}, {"calibration_labels": 9}, {"products_per_query": 2}],
)
def test_every_count_must_be_that_of_the_labels(changed: dict[str, Any]) -> None:
    record = small_record(2000)
    with pytest.raises(BundleError, match=r"states .* but its calibration has"):
        check_belongs(record, [replace(promised(record), **changed)], None, "here")


def test_what_could_not_be_promised_belongs_by_the_number_of_labels() -> None:
    record = small_record(100)
    refused = promised(record)
    assert refused.threshold is None
    check_belongs(record, [refused], None, "here")
    with pytest.raises(BundleError, match="different bundles"):
        check_belongs(small_record(101), [refused], None, "here")


def test_the_promise_of_no_match_must_belong_too() -> None:
    record = small_record(2000)
    with pytest.raises(BundleError, match="different bundles"):
        check_belongs(record, [], replace(no_match(record), calibration_labels=9), "here")


def test_promises_by_other_groups_are_refused() -> None:
    grouped, plain = small_record(2000, groups=GroupSettings()), small_record(2000)
    with pytest.raises(BundleError, match="promises are by None, but its calibration is by Group"):
        check_belongs(grouped, [promised(plain)], None, "here")


def test_a_bundle_with_the_calibration_of_another_is_refused(tmp_path: Path) -> None:
    ours, theirs = (
        publish(
            tmp_path / name,
            small_contents(calibration=record, promises=(promised(record),)),
            created_at=CREATED_AT,
        )
        for name, record in (("ours", small_record(600)), ("theirs", small_record(600, seed=1)))
    )
    load_bundle(ours)
    mixed = exchange(ours, "calibration", theirs)
    with pytest.raises(BundleError, match=r"calibration: the promise of precision 0\.85"):
        load_bundle(mixed)


def test_promises_of_other_labels_are_not_published(tmp_path: Path) -> None:
    contents = small_contents(
        calibration=small_record(600), promises=(promised(small_record(600, seed=1)),)
    )
    with pytest.raises(BundleError, match="the bundle to be published: the promise"):
        publish(tmp_path, contents, created_at=CREATED_AT)
    assert not list(tmp_path.glob("2*"))
