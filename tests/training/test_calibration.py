from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from scipy import sparse

from models.calibration.record import CalibrationLabels, Unlabelled
from models.calibration.settings import GroupSettings
from models.catalogue import Product
from models.index.base import Neighbours
from models.thresholds import Grouping
from training.calibration import Calibrated, lowest_threshold, promised, query_groups
from training.data.dataset import Dataset
from training.pipeline_settings import CalibrationSettings

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
THOUSANDTHS = np.arange(1, 1001) / 1000


def labelled(
    answerable: np.ndarray | None = None, groups: Sequence[str] | None = None
) -> CalibrationLabels:
    """Right from 0.5 on; of others it says whether they can be answered."""
    correct = THOUSANDTHS > 0.5
    return CalibrationLabels.drawn_from_all(
        THOUSANDTHS, correct, correct | (correct if answerable is None else answerable), groups
    )


def calibrated(
    settings: CalibrationSettings | None = None, labels: CalibrationLabels | None = None
) -> Calibrated:
    given = labels or labelled()
    settings = settings or CalibrationSettings()
    return promised(given, Unlabelled.of(THOUSANDTHS, given.groups), settings, NOW)


def test_each_target_has_a_promise_and_all_are_kept_with_what_certified_them() -> None:
    made = calibrated(CalibrationSettings((0.8, 0.9), confidence=0.8))
    assert [one.target_precision for one in made.promises] == [0.8, 0.9]
    assert {one.confidence for one in made.promises} == {0.8}
    assert {one.calibrated_at for one in made.promises} == {"2026-01-02T03:04:05+00:00"}
    assert (len(made.record.labels), len(made.record.unlabelled)) == (1000, 1000)
    assert made.record.confidence == 0.8
    assert made.record.probability is not None
    assert made.record.probability.of(np.array([0.1, 0.9])).tolist() == pytest.approx(
        [1 / 1002, 1001 / 1002]
    )


def test_the_method_is_that_of_the_settings() -> None:
    made = calibrated(CalibrationSettings(method="holm"))
    assert {one.method for one in made.promises} == {"holm"}
    assert made.record.settings.method == "holm"


def test_groups_have_promises_of_their_own_where_they_are_asked_for() -> None:
    labels = labelled(groups=["a", "b"] * 500)
    made = calibrated(CalibrationSettings((0.9,), groups=GroupSettings("shop")), labels)
    assert made.promises[0].grouping == Grouping("shop")
    assert [one.group for one in made.promises[0].groups] == ["a", "b"]
    assert calibrated(labels=labels).promises[0].groups == ()


def test_no_match_is_promised_at_its_precision_below_all_that_is_accepted() -> None:
    made = calibrated(CalibrationSettings((0.9, 0.6), no_match_precision=0.8))
    assert made.no_match is not None
    assert made.no_match.target_precision == 0.8
    assert made.no_match.threshold is not None
    lowest = lowest_threshold(made.promises)
    assert lowest == made.promises[1].threshold
    assert 0.15 < made.no_match.threshold < (lowest or 0) < 0.25


def test_no_match_is_not_promised_where_it_is_switched_off_or_nothing_lacks_an_answer() -> None:
    assert calibrated(CalibrationSettings(no_match_precision=None)).no_match is None
    assert calibrated(labels=labelled(np.ones(1000, np.bool_))).no_match is None


def test_where_nothing_is_accepted_there_is_no_lowest_threshold() -> None:
    assert lowest_threshold(calibrated(CalibrationSettings((0.99999,))).promises) is None


def test_the_lowest_threshold_may_be_that_of_a_group() -> None:
    labels = labelled(groups=["a", "b"] * 500)
    (promise,) = calibrated(
        CalibrationSettings((0.9,), groups=GroupSettings("shop")), labels
    ).promises
    assert promise.threshold is None
    assert lowest_threshold((promise,)) == min(one.threshold or 1 for one in promise.groups)


def queries() -> tuple[Dataset, Neighbours]:
    """Three queries; the best product of the last is missing."""
    dataset = Dataset(
        texts=("a", "b", "c"),
        sources=("", "", ""),
        categories=("phones", "", "lamps"),
        products=(Product("p0", "x", {"category": "cables"}), Product("p1", "y")),
        relevance=sparse.csr_array(np.zeros((3, 2), np.bool_)),
        attributes=({"shop": "north"}, {}, {"category": "own"}),
    )
    rows = np.array([[0], [1], [-1]])
    return dataset, Neighbours(np.zeros((3, 1), np.float32), rows)


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        (None, (None, None, None)),
        (Grouping("category"), ("cables", None, None)),
        (Grouping("category", "query"), ("phones", None, "own")),
        (Grouping("shop", "query"), ("north", None, None)),
    ],
)
def test_queries_have_the_groups_that_the_service_will_see(
    grouping: Grouping | None, expected: tuple[str | None, ...]
) -> None:
    assert query_groups(grouping, *queries()) == expected


def test_queries_without_attributes_have_their_category() -> None:
    dataset, found = queries()
    plain = replace(dataset, attributes=None)
    assert query_groups(Grouping("category", "query"), plain, found) == ("phones", None, "lamps")
