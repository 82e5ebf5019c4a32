"""Certify with few words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.calibration.calibrator import certify
from models.calibration.grid import GridSettings
from models.calibration.record import CalibrationLabels, Unlabelled
from models.calibration.settings import CalibrationMethodSettings, Method
from models.calibration.target import Target
from models.thresholds import Promise

THOUSANDTHS = np.arange(1, 1001) / 1000
NOW = "2026-11-23T00:00:00Z"


def certified(
    scores: npt.NDArray[np.floating],
    correct: npt.NDArray[np.bool_],
    unlabelled: npt.NDArray[np.floating],
    *,
    precision: float = 0.9,
    confidence: float = 0.9,
    grid: GridSettings | None = None,
    method: Method = "fixed_sequence",
) -> Promise:
    return certify(
        CalibrationLabels.drawn_from_all(scores, correct),
        Unlabelled.of(unlabelled),
        Target(precision, confidence),
        CalibrationMethodSettings(method=method, grid=grid or GridSettings()),
        NOW,
    )


def one_start(multiple: float, thresholds: int = 60) -> GridSettings:
    return GridSettings(thresholds, (multiple,), (1.0,))


def equal_starts(*multiples: float, thresholds: int = 60) -> GridSettings:
    return GridSettings(thresholds, multiples, (1.0,) * len(multiples))
