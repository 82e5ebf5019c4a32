from __future__ import annotations

import numpy as np
import pytest

from models.calibration.evidence import Trial
from models.calibration.holm import certify_holm, holm
from models.errors import ConfigurationError

THOUSANDTHS = np.arange(1, 1001) / 1000


def trials(*p_values: float) -> list[Trial]:
    return [
        Trial(threshold=at / 10, accepted=1, errors=0, p_value=p) for at, p in enumerate(p_values)
    ]


def test_holm_compares_the_r_th_smallest_with_delta_over_what_is_left() -> None:
    """0.1 / 4 = 0.025, 0.1 / 3 = 0.0333, 0.1 / 2 = 0.05, 0.1 / 1 = 0.1."""
    rejected = holm(trials(0.03, 0.2, 0.02, 0.051), risk=0.1)
    assert [trial.p_value for trial in rejected] == [0.02, 0.03]


def test_holm_stops_at_the_first_that_fails() -> None:
    assert holm(trials(0.026, 0.03, 0.04, 0.05), risk=0.1) == []


def test_the_lowest_certified_threshold_is_promised_whatever_the_order() -> None:
    """A faultless lower half makes up for a poor top; no start has to be guessed."""
    made = certify_holm(
        THOUSANDTHS,
        THOUSANDTHS < 0.97,
        THOUSANDTHS,
        target_precision=0.9,
        confidence=0.9,
        calibrated_at="now",
    )
    assert made.threshold == 0.001
    assert (made.accepted, made.errors) == (1000, 31)


def test_more_thresholds_cost_power() -> None:
    correct = np.ones(1000, dtype=np.bool_)
    correct[::12] = False
    few, many = (
        certify_holm(
            THOUSANDTHS,
            correct,
            THOUSANDTHS,
            target_precision=0.9,
            confidence=0.9,
            calibrated_at="",
            thresholds=thresholds,
        )
        for thresholds in (1, 200)
    )
    assert few.threshold is not None
    assert many.threshold is None
    assert many.labels_needed is not None


def test_a_refusal_shows_the_closest_test() -> None:
    made = certify_holm(
        THOUSANDTHS,
        THOUSANDTHS < 0,
        THOUSANDTHS,
        target_precision=0.9,
        confidence=0.9,
        calibrated_at="",
    )
    assert made.threshold is None
    assert made.labels_needed is None
    assert made.errors == made.accepted


def test_no_threshold_cannot_be_tested() -> None:
    with pytest.raises(ConfigurationError, match="thresholds must be at least 1"):
        certify_holm(
            THOUSANDTHS,
            THOUSANDTHS > 0.5,
            THOUSANDTHS,
            target_precision=0.9,
            confidence=0.9,
            calibrated_at="",
            thresholds=0,
        )
