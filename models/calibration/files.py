"""A calibration as files of a bundle.

calibration.json     settings, names of groups, the map to probabilities
labels.npz           labelled scores and verdicts
unlabelled.npz       scores of other queries
texts.npz            digests of both, where they are known
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter, ValidationError

from models.arrays import read_arrays
from models.calibration.fingerprints import Fingerprints
from models.calibration.probability import ProbabilityMap
from models.calibration.record import CalibrationLabels, CalibrationRecord, Groups, Unlabelled
from models.calibration.settings import CalibrationMethodSettings
from models.errors import AlcError, BundleError

RECORD_FILE = "calibration.json"
LABELS_FILE = "labels.npz"
UNLABELLED_FILE = "unlabelled.npz"
TEXTS_FILE = "texts.npz"
_NO_GROUP = -1
_SETTINGS = TypeAdapter(CalibrationMethodSettings)
_PROBABILITY = TypeAdapter(ProbabilityMap | None)
_NAMES = TypeAdapter(tuple[str, ...])

Codes = npt.NDArray[np.int32]


def save_calibration(record: CalibrationRecord, directory: Path) -> None:
    """Write the calibration into an existing directory."""
    labels, unlabelled = record.labels, record.unlabelled
    names = sorted({group for group in labels.groups + unlabelled.groups if group is not None})
    fields = {
        "confidence": record.confidence,
        "settings": asdict(record.settings),
        "groups": names,
        "probability": asdict(record.probability) if record.probability else None,
    }
    text = json.dumps(fields, indent=2, allow_nan=False)
    (directory / RECORD_FILE).write_text(text + "\n")
    np.savez(
        directory / LABELS_FILE,
        scores=labels.scores,
        correct=labels.correct,
        answerable=labels.answerable,
        valid_from=labels.valid_from,
        groups=_codes(labels.groups, names),
    )
    np.savez(
        directory / UNLABELLED_FILE,
        scores=unlabelled.scores,
        groups=_codes(unlabelled.groups, names),
    )
    if record.texts is not None:
        np.savez(
            directory / TEXTS_FILE,
            labels=record.texts.labels,
            unlabelled=record.texts.unlabelled,
        )


def load_calibration(directory: Path) -> CalibrationRecord:
    """Return the calibration; raise BundleError, naming the file, when it cannot be read."""
    path = directory / RECORD_FILE
    try:
        fields = json.loads(path.read_text())
        names = _NAMES.validate_python(fields["groups"])
        return CalibrationRecord(
            labels=_labels(directory / LABELS_FILE, names),
            unlabelled=_unlabelled(directory / UNLABELLED_FILE, names),
            settings=_SETTINGS.validate_python(fields["settings"]),
            confidence=float(fields["confidence"]),
            probability=_PROBABILITY.validate_python(fields["probability"]),
            texts=_texts(directory / TEXTS_FILE),
        )
    except BundleError:
        raise
    except (OSError, ValueError, KeyError, TypeError, ValidationError, AlcError) as error:
        raise BundleError(f"{path}: cannot be read: {error}") from error


def _labels(path: Path, names: Sequence[str]) -> CalibrationLabels:
    kinds = {
        "scores": np.float32,
        "correct": np.bool_,
        "answerable": np.bool_,
        "valid_from": np.float32,
        "groups": np.int32,
    }
    arrays = read_arrays(path, kinds)
    groups = _groups(path, arrays.pop("groups"), names)
    try:
        return CalibrationLabels(**arrays, groups=groups)
    except AlcError as error:
        raise BundleError(f"{path}: {error}") from error


def _unlabelled(path: Path, names: Sequence[str]) -> Unlabelled:
    arrays = read_arrays(path, {"scores": np.float32, "groups": np.int32})
    groups = _groups(path, arrays["groups"], names)
    try:
        return Unlabelled(arrays["scores"], groups)
    except AlcError as error:
        raise BundleError(f"{path}: {error}") from error


def _texts(path: Path) -> Fingerprints | None:
    if not path.exists():
        return None
    arrays = read_arrays(path, {"labels": np.uint64, "unlabelled": np.uint64})
    if any(one.ndim != 1 for one in arrays.values()):
        raise BundleError(f"{path}: holds no lists of digests")
    return Fingerprints(**arrays)


def _codes(groups: Groups, names: Sequence[str]) -> Codes:
    number = {name: at for at, name in enumerate(names)}
    return np.array(
        [_NO_GROUP if group is None else number[group] for group in groups], dtype=np.int32
    )


def _groups(path: Path, codes: Codes, names: Sequence[str]) -> Groups:
    if codes.ndim != 1 or np.any((codes < _NO_GROUP) | (codes >= len(names))):
        raise BundleError(f"{path}: names groups beyond the {len(names)}")
    return tuple(None if code == _NO_GROUP else names[code] for code in codes.tolist())
