from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from models.bundle.bundle import Bundle
from models.bundle.child import Recalibration, publish_child
from models.bundle.load import load_bundle
from models.bundle.publish import publish
from models.bundle.store import current_bundle, list_bundles
from models.drift.take import DriftSettings, take_reference
from models.errors import BundleError
from tests.small_bundle import (
    CREATED_AT,
    TITLES,
    no_match_on,
    promise_on,
    remembering,
    small_contents,
    small_record,
)
from tests.small_decider import deciding

LATER = CREATED_AT + timedelta(days=1)
LABELS = small_record(labels=80, seed=1)
OWN = ("calibration/", "report/")


def recalibration(**changes: object) -> Recalibration:
    own = Recalibration(
        promises=(promise_on(LABELS, 0.9, threshold=0.7),),
        no_match=None,
        calibration=LABELS,
        configuration={"seed": 0, "calibration": {"target_precisions": [0.9]}},
        report={"table.txt": b"new\n"},
    )
    return replace(own, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A bundle that has all that one can have."""
    contents = deciding(remembering(small_contents(calibration=small_record()), {"oled tv": 6}))
    encoder, found = contents.runtime.encoder, contents.runtime.candidates(TITLES, 1)
    reference = take_reference(encoder, TITLES, TITLES, found.deciding[:, 0], DriftSettings(bins=2))
    directory = tmp_path_factory.mktemp("bundles")
    contents = replace(contents, reference=reference)
    return load_bundle(publish(directory, contents, created_at=CREATED_AT))


def published(parent: Bundle, where: Path, **changes: object) -> Bundle:
    return load_bundle(publish_child(where, parent, recalibration(**changes), created_at=LATER))


def digests(bundle: Bundle, *folders: str) -> dict[str, str]:
    files = bundle.manifest.files.items()
    return {name: entry.sha256 for name, entry in files if not name.startswith(folders)}


def test_the_model_is_the_parents_byte_for_byte(parent: Bundle, tmp_path: Path) -> None:
    child = published(parent, tmp_path)
    assert digests(child, *OWN) == digests(parent, *OWN)
    kept = {name.partition("/")[0] for name in digests(child, *OWN)}
    assert kept >= {"encoder", "index", "memory", "decider", "drift", "probes.json"}
    assert child.probes == parent.probes


def test_promises_calibration_settings_and_report_are_its_own(
    parent: Bundle, tmp_path: Path
) -> None:
    own = recalibration(no_match=no_match_on(LABELS, 0.97, threshold=0.2))
    child = load_bundle(publish_child(tmp_path, parent, own, created_at=LATER))
    assert child.promises == own.promises
    assert child.no_match == own.no_match
    assert child.calibration
    assert len(child.calibration.labels) == 80
    assert child.manifest.configuration == own.configuration
    assert (child.directory / "report" / "table.txt").read_bytes() == b"new\n"
    assert not (child.directory / "report" / "metrics.json").exists()


def test_the_manifest_names_the_parent_and_keeps_what_is_known_of_the_model(
    parent: Bundle, tmp_path: Path
) -> None:
    before, now = parent.manifest, published(parent, tmp_path).manifest
    assert now.parent == parent.bundle_id
    assert now.created_at == LATER
    assert (now.index, now.memory_index, now.decider) == (
        before.index,
        before.memory_index,
        before.decider,
    )
    assert now.data_digest == before.data_digest
    assert now.configuration_digest != before.configuration_digest


def test_a_child_can_have_a_reference_of_newer_traffic(parent: Bundle, tmp_path: Path) -> None:
    assert parent.reference
    newer = replace(parent.reference, truncated=0.25)
    child = published(parent, tmp_path, reference=newer)
    assert child.reference
    assert child.reference.truncated == 0.25
    assert digests(child, *OWN, "drift/") == digests(parent, *OWN, "drift/")


def test_it_becomes_current_unless_it_must_not(parent: Bundle, tmp_path: Path) -> None:
    first = published(parent, tmp_path)
    second = publish_child(
        tmp_path,
        parent,
        recalibration(),
        created_at=LATER + timedelta(days=1),
        make_current=False,
    )
    assert current_bundle(tmp_path).name == first.bundle_id
    assert list_bundles(tmp_path) == (first.bundle_id, second.name)
    assert load_bundle(second).manifest.parent == parent.bundle_id


def test_a_parent_that_was_changed_meanwhile_has_no_child(tmp_path: Path) -> None:
    changed = load_bundle(publish(tmp_path, small_contents(), created_at=CREATED_AT))
    (changed.directory / "probes.json").write_text("[]")
    with pytest.raises(BundleError, match=r"probes.json: has changed since it was loaded"):
        publish_child(tmp_path, changed, recalibration(), created_at=LATER)
    assert list_bundles(tmp_path) == (changed.bundle_id,)
    assert current_bundle(tmp_path).name == changed.bundle_id
