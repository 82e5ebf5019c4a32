from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.calibration.files import (
    LABELS_FILE,
    RECORD_FILE,
    UNLABELLED_FILE,
    load_calibration,
    save_calibration,
)
from models.calibration.record import CalibrationRecord
from models.calibration.settings import GroupSettings
from models.errors import BundleError
from tests.small_bundle import small_record


@pytest.fixture
def record() -> CalibrationRecord:
    made = small_record(60, groups=GroupSettings(most=3))
    groups = (None, *made.labels.groups[1:])
    valid_from = np.where(np.arange(60) < 5, np.float32(0.8), np.float32(-np.inf))
    return replace(made, labels=replace(made.labels, groups=groups, valid_from=valid_from))


def test_a_calibration_comes_back_as_it_was(record: CalibrationRecord, tmp_path: Path) -> None:
    save_calibration(record, tmp_path)
    loaded = load_calibration(tmp_path)
    assert loaded.settings == record.settings
    assert (loaded.confidence, loaded.probability) == (record.confidence, record.probability)
    assert loaded.labels.groups == record.labels.groups
    assert loaded.unlabelled.groups == record.unlabelled.groups
    for name in ("scores", "correct", "answerable", "valid_from"):
        assert np.array_equal(getattr(loaded.labels, name), getattr(record.labels, name))
    assert np.array_equal(loaded.unlabelled.scores, record.unlabelled.scores)


def test_the_same_calibration_is_the_same_bytes(record: CalibrationRecord, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        save_calibration(record, tmp_path / name)
    for file in (RECORD_FILE, LABELS_FILE, UNLABELLED_FILE):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_too_few_labels_for_probabilities_are_kept_as_none(
    record: CalibrationRecord, tmp_path: Path
) -> None:
    save_calibration(replace(record, probability=None), tmp_path)
    assert load_calibration(tmp_path).probability is None


@pytest.mark.parametrize("file", [RECORD_FILE, LABELS_FILE, UNLABELLED_FILE])
def test_a_damaged_file_is_refused_by_name(
    file: str, record: CalibrationRecord, tmp_path: Path
) -> None:
    save_calibration(record, tmp_path)
    (tmp_path / file).write_bytes((tmp_path / file).read_bytes()[:40])
    with pytest.raises(BundleError, match=str(tmp_path / file)):
        load_calibration(tmp_path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("confidence", 1.0),
        ("settings", {"method": "guess"}),
        ("settings", {"grid": {"thresholds": 0}}),
        ("probability", {"scores": [0.1, 0.2], "probabilities": [0.9, 0.1]}),
        ("groups", "phones"),
    ],
)
def test_a_field_that_cannot_be_is_refused(
    field: str, value: object, record: CalibrationRecord, tmp_path: Path
) -> None:
    save_calibration(record, tmp_path)
    fields = json.loads((tmp_path / RECORD_FILE).read_text())
    (tmp_path / RECORD_FILE).write_text(json.dumps({**fields, field: value}))
    with pytest.raises(BundleError, match=RECORD_FILE):
        load_calibration(tmp_path)


def test_a_group_without_a_name_is_refused(record: CalibrationRecord, tmp_path: Path) -> None:
    save_calibration(record, tmp_path)
    fields = json.loads((tmp_path / RECORD_FILE).read_text())
    (tmp_path / RECORD_FILE).write_text(json.dumps({**fields, "groups": ["phones"]}))
    with pytest.raises(BundleError, match=r"labels\.npz: names groups beyond the 1"):
        load_calibration(tmp_path)


def test_scores_that_are_no_numbers_are_refused(record: CalibrationRecord, tmp_path: Path) -> None:
    save_calibration(record, tmp_path)
    path = tmp_path / LABELS_FILE
    arrays = dict(np.load(path))
    arrays["scores"][0] = np.nan
    np.savez(path, **arrays)
    with pytest.raises(BundleError, match=r"labels\.npz: 1 of 60 calibration scores"):
        load_calibration(tmp_path)
