from __future__ import annotations

import numpy as np
import pytest

from models.calibration.evidence import Trial
from models.calibration.grid import GridSettings
from models.calibration.holm import holm
from models.thresholds import Promise
from tests.models.calibration.certifying import THOUSANDTHS, certified


def promise(correct: np.ndarray, thresholds: int = 20) -> Promise:
    grid = GridSettings(holm_thresholds=thresholds)
    return certified(THOUSANDTHS, correct, THOUSANDTHS, grid=grid, method="holm")


def trials(*p_values: float) -> list[Trial]:
    return [
        Trial(threshold=at / 10, accepted=1, errors=0, p_value=p) for at, p in enumerate(p_values)
    ]


def test_holm_compares_the_r_th_smallest_with_delta_over_what_is_left() -> None:
    """0.1 / 4 = 0.025, 0.1 / 3 = 0.0333, 0.1 / 2 = 0.05, 0.1 / 1 = 0.1."""
    rejected = holm(trials(0.03, 0.2, 0.02, 0.051), risk=0.1)
    assert [trial.threshold for trial in rejected] == [0.2, 0.0]


def test_adjusted_p_values_compare_with_the_whole_risk_and_never_fall() -> None:
    """4 times 0.02 is 0.08, 3 times 0.021 less."""
    rejected = holm(trials(0.021, 0.2, 0.02, 0.051), risk=0.1)
    assert [trial.p_value for trial in rejected] == pytest.approx([0.08, 0.08])


def test_holm_stops_at_the_first_that_fails() -> None:
    assert holm(trials(0.026, 0.03, 0.04, 0.05), risk=0.1) == []


def test_the_lowest_certified_threshold_is_promised_whatever_the_order() -> None:
    """A faultless lower half makes up for a poor top; no start has to be guessed."""
    made = promise(THOUSANDTHS < 0.97)
    assert made.threshold == 0.001
    assert (made.accepted, made.errors, made.method) == (1000, 31, "holm")


def test_more_thresholds_cost_power() -> None:
    correct = np.ones(1000, dtype=np.bool_)
    correct[::12] = False
    few, many = promise(correct, thresholds=1), promise(correct, thresholds=200)
    assert few.threshold is not None
    assert many.threshold is None
    assert many.labels_needed is not None


def test_a_refusal_shows_the_closest_test() -> None:
    made = promise(THOUSANDTHS < 0)
    assert made.threshold is None
    assert made.labels_needed is None
    assert made.errors == made.accepted
    assert made.p_value == 1.0
