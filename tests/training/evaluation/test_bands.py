from __future__ import annotations

import numpy as np
import pytest

from models.errors import DataError
from training.evaluation.bands import COVERAGE_GRID, curve_band, precision_on_grid
from training.evaluation.coverage import PrecisionCoverage

POINTS = len(COVERAGE_GRID)


def test_precision_is_linear_between_the_points_of_the_curve() -> None:
    curve = PrecisionCoverage(
        np.array([0.9, 0.5, 0.1]), np.array([0.1, 0.5, 1.0]), np.array([1.0, 0.8, 0.5])
    )
    shares = dict(zip(COVERAGE_GRID.round(2).tolist(), precision_on_grid(curve), strict=True))
    assert shares[0.02] == 1.0
    assert shares[0.3] == pytest.approx(0.9)
    assert shares[0.75] == pytest.approx(0.65)
    assert shares[1.0] == 0.5


def test_a_band_has_the_mean_and_both_ends_of_its_seeds() -> None:
    band = curve_band("ours", [[0.8] * POINTS, [0.9] * POINTS, [0.91] * POINTS])
    assert band.seeds == 3
    assert band.mean[0] == pytest.approx(0.87)
    assert (band.lowest[-1], band.highest[-1]) == (0.8, 0.91)


def test_a_band_needs_seeds_on_the_grid() -> None:
    with pytest.raises(DataError, match="at least one seed"):
        curve_band("ours", [])
    with pytest.raises(DataError, match="points"):
        curve_band("ours", [[0.8] * (POINTS - 1)])
