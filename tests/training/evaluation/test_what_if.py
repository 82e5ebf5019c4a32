from __future__ import annotations

from itertools import pairwise

import pytest

from tests.training.report.example import WHAT_IF, what_if
from training.evaluation.what_if import TARGETS, at_confidence, review_hours


def test_hours_are_those_of_what_is_not_automated() -> None:
    """Half of 7,200 queries at 10 seconds each."""
    assert review_hours(0.5, queries=7_200, seconds=10) == 10
    assert review_hours(1.0) == 0
    assert review_hours(0.0) == pytest.approx(10_000 * 20 / 3_600)


def test_rows_of_one_confidence_come_lowest_target_first() -> None:
    rows = at_confidence(tuple(reversed(WHAT_IF)), 0.9)
    assert [one.target_precision for one in rows] == [0.8, 0.85, 0.9]
    assert {one.confidence for one in rows} == {0.9}


def test_what_automates_nothing_is_no_promise() -> None:
    assert what_if(0.9, coverage=0.01).is_promised
    assert not what_if(0.9, coverage=0.0).is_promised


def test_targets_are_even_steps_that_a_slider_can_reach() -> None:
    assert TARGETS[0] == 0.7
    assert TARGETS[-1] == 0.995
    steps = {round(b - a, 9) for a, b in pairwise(TARGETS)}
    assert steps == {0.005}
    assert {0.8, 0.85, 0.9, 0.95, 0.98, 0.99} <= set(TARGETS)
