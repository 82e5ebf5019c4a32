from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibration.grid import (
    GridSettings,
    coverage_thresholds,
    start_coverages,
    threshold_grid,
)
from models.calibration.target import Target
from models.errors import ConfigurationError, DataError
from models.index.base import SCORE_DECIMALS
from models.thresholds import reaches

TARGET = Target(precision=0.95, confidence=0.90)  # zero-error minimum 45
TENTHS = np.arange(1, 11) / 10


def test_a_start_expects_a_multiple_of_the_zero_error_minimum() -> None:
    settings = GridSettings(start_multiples=(8, 4))
    assert start_coverages(TARGET, 1800, settings) == pytest.approx([0.1, 0.2])


def test_later_walks_do_not_start_beyond_half_of_the_queries() -> None:
    settings = GridSettings(start_multiples=(4, 20))
    assert start_coverages(TARGET, 1800, settings) == pytest.approx([0.1, 0.5])
    assert start_coverages(TARGET, 1799, settings) == pytest.approx([0.1], rel=1e-3)


@pytest.mark.parametrize("labels", [0, 1, 180])
def test_few_labels_start_at_everything(labels: int) -> None:
    assert start_coverages(TARGET, labels, GridSettings()) == [1.0]


def test_a_threshold_accepts_the_wanted_share() -> None:
    assert coverage_thresholds(TENTHS, np.array([0.1, 0.3, 1.0])) == [1.0, 0.8, 0.1]


def test_the_grid_goes_from_the_start_to_everything() -> None:
    assert threshold_grid(TENTHS, 0.5, thresholds=6) == [0.6, 0.5, 0.4, 0.3, 0.2, 0.1]
    assert threshold_grid(TENTHS, 0.5, thresholds=2) == [0.6, 0.1]


def test_equal_scores_are_one_threshold() -> None:
    assert threshold_grid(np.full(100, 0.7), 0.1, thresholds=60) == [0.7]


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=50), st.floats(0.01, 1))
def test_the_grid_falls_strictly_and_reaches_everything(scores: list[float], start: float) -> None:
    rounded = np.round(np.array(scores, dtype=np.float32), SCORE_DECIMALS)
    grid = threshold_grid(rounded, start, thresholds=60)
    assert all(high > low for high, low in pairwise(grid))
    assert reaches(rounded, grid[-1]).all()
    assert reaches(rounded, grid[0]).mean() >= start - 1e-9


def test_every_six_decimal_score_reaches_itself_as_a_threshold() -> None:
    """A served score is a rounded float32, a threshold a decimal number from JSON."""
    decimals = np.arange(-1_000_000, 1_000_001) / 10**SCORE_DECIMALS
    served = np.round(decimals.astype(np.float32), SCORE_DECIMALS)
    assert np.array_equal(served, decimals.astype(np.float32))
    assert reaches(served[:-1], 0.5).sum() == 500_000
    assert all(reaches(served[at : at + 1], decimals[at]) for at in range(0, 2_000_001, 997))


@pytest.mark.parametrize("scores", [[], [0.1, float("nan")], [0.1, float("-inf")]])
def test_scores_that_place_no_threshold_are_refused(scores: list[float]) -> None:
    with pytest.raises(DataError, match="unlabelled scores"):
        threshold_grid(np.array(scores), 0.1, thresholds=60)


@pytest.mark.parametrize(
    "setting", [{"thresholds": 0}, {"start_multiples": (4, 0.5)}, {"start_multiples": ()}]
)
def test_settings_without_sense_are_refused(setting: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="at least 1"):
        GridSettings(**setting)
