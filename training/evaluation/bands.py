"""Precision-coverage curves of several seeds as one: their mean, and from lowest to highest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.errors import DataError
from training.evaluation.coverage import PrecisionCoverage, Ratios

# Below the first of these shares, precision is that of a handful of queries.
COVERAGE_GRID: Ratios = np.linspace(0.02, 1.0, 99)


@dataclass(frozen=True, slots=True)
class CurveBand:
    """Precision at the shares of `COVERAGE_GRID` over `seeds` runs of one model."""

    name: str
    seeds: int
    mean: tuple[float, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]


def precision_on_grid(curve: PrecisionCoverage) -> tuple[float, ...]:
    """Return the precision at the shares of `COVERAGE_GRID`, linear between the curve's points.

    Left of its first point the curve has the precision of that point.
    """
    return tuple(np.interp(COVERAGE_GRID, curve.coverage, curve.precision).tolist())


def curve_band(name: str, precisions: Sequence[Sequence[float]]) -> CurveBand:
    """Return the band of one model; each sequence is `precision_on_grid` of one seed.

    Raise DataError without any, or when one is not on the grid.
    """
    if not precisions:
        raise DataError(f"{name}: a band of curves needs at least one seed")
    if any(len(one) != len(COVERAGE_GRID) for one in precisions):
        raise DataError(f"{name}: a curve needs {len(COVERAGE_GRID)} points, those of the grid")
    values = np.array(precisions)
    return CurveBand(
        name=name,
        seeds=len(values),
        mean=tuple(values.mean(axis=0).tolist()),
        lowest=tuple(values.min(axis=0).tolist()),
        highest=tuple(values.max(axis=0).tolist()),
    )
