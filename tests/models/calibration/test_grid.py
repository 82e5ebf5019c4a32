from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibration.grid import (
    GridSettings,
    Start,
    coverage_thresholds,
    starts,
    steps,
    threshold_at,
    threshold_grid,
)
from models.calibration.reach import Reach
from models.calibration.target import Target
from models.errors import ConfigurationError, DataError
from models.index.base import SCORE_DECIMALS
from models.thresholds import reaches
from tests.models.calibration.certifying import equal_starts

TARGET = Target(precision=0.95, confidence=0.90)  # zero-error minimum 45
TENTHS = np.arange(1, 11) / 10


def coverages(labels: int, settings: GridSettings) -> list[float]:
    reach = Reach((1.0,), (labels,)) if labels else Reach((), ())
    return [start.coverage for start in starts(TARGET, reach, settings)]


def test_a_start_expects_a_multiple_of_the_zero_error_minimum() -> None:
    assert coverages(1800, equal_starts(8, 4)) == pytest.approx([0.1, 0.2])


def test_starts_beyond_two_thirds_of_the_queries_are_left_out() -> None:
    settings = GridSettings(start_multiples=(3, 20), start_shares=(2, 1))
    assert coverages(1350, settings) == pytest.approx([0.1, 2 / 3])
    assert coverages(1349, settings) == pytest.approx([0.1], rel=1e-3)


def test_the_main_start_lies_at_two_thirds_where_it_would_be_left_out() -> None:
    settings = GridSettings(start_multiples=(3, 20), start_shares=(1, 2))
    assert coverages(900, settings) == pytest.approx([0.15, 2 / 3])
    assert coverages(180, settings) == pytest.approx([2 / 3])


def test_with_few_labels_it_lies_where_a_test_without_error_could_pass() -> None:
    assert coverages(60, GridSettings()) == pytest.approx([0.75])  # 45 of 60


@pytest.mark.parametrize("labels", [0, 1, 45])
def test_with_fewer_it_is_at_everything(labels: int) -> None:
    assert coverages(labels, GridSettings()) == [1.0]


def test_the_risk_is_divided_by_the_shares_over_the_starts_that_are_left() -> None:
    settings = GridSettings(start_multiples=(4, 8, 20), start_shares=(1, 3, 1))
    many, few = (starts(TARGET, Reach((1.0,), (labels,)), settings) for labels in (1800, 1300))
    assert [start.risk for start in many] == pytest.approx([0.02, 0.06, 0.02])
    assert [start.risk for start in few] == pytest.approx([0.025, 0.075])
    assert [start.expected for start in few] == [4 * 45, 8 * 45]


def test_a_threshold_accepts_the_wanted_share() -> None:
    assert coverage_thresholds(TENTHS, np.array([0.1, 0.3, 1.0])) == [1.0, 0.8, 0.1]
    assert threshold_at(TENTHS, 0.3) == 0.8


def test_the_grid_goes_from_the_start_to_everything() -> None:
    assert threshold_grid(TENTHS, 0.5, thresholds=6) == [0.6, 0.5, 0.4, 0.3, 0.2, 0.1]
    assert threshold_grid(TENTHS, 0.5, thresholds=2) == [0.6, 0.1]


def test_equal_scores_are_one_threshold() -> None:
    assert threshold_grid(np.full(100, 0.7), 0.1, thresholds=60) == [0.7]


def test_every_start_is_a_step_with_its_risk() -> None:
    found = [Start(0.2, 0.04, 1), Start(0.5, 0.06, 1)]
    made = [(step.threshold, step.risk) for step in steps(TENTHS, found, 1.0, 3)]
    assert made == [(0.9, 0.04), (0.6, 0.06), (0.5, 0.0), (0.1, 0.0)]  # 0.5: at 60 % of them


def test_starts_that_are_one_threshold_add_up() -> None:
    found = [Start(0.2, 0.04, 1), Start(0.5, 0.06, 1)]
    (step,) = steps(np.full(10, 0.7), found, 1.0, 3)
    assert step.threshold == 0.7
    assert step.risk == pytest.approx(0.1)


def test_where_only_audits_are_no_test_goes_below_what_they_were_drawn_from() -> None:
    found = [Start(0.1, 0.1, 1)]
    assert [step.threshold for step in steps(TENTHS, found, 0.3, 3)] == [1.0, 0.9, 0.8]


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
    ("setting", "complaint"),
    [
        ({"thresholds": 0}, "thresholds must be at least 1"),
        ({"holm_thresholds": 0}, "holm_thresholds must be at least 1"),
        (
            {"start_multiples": (4, 0.5, 9), "start_shares": (1, 1, 1)},
            "start_multiples must be at least 1",
        ),
        ({"start_multiples": (), "start_shares": ()}, "start_multiples needs at least 1"),
        ({"start_multiples": (4,)}, "one number for each of the 1 start_multiples, not 5"),
        ({"start_shares": (1, 0, 1, 1, 1)}, "start_shares must be above 0"),
        ({"start_shares": (1, float("nan"), 1, 1, 1)}, "start_shares must be above 0"),
    ],
)
def test_settings_without_sense_are_refused(setting: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        GridSettings(**setting)
