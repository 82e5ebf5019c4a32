from __future__ import annotations

import numpy as np
import pytest

from models.calibration.evidence import Evidence
from models.calibration.target import Target
from models.errors import DataError

TARGET = Target(precision=0.5, confidence=0.9)


def test_a_trial_counts_who_reaches_the_threshold_and_is_wrong() -> None:
    evidence = Evidence(np.array([0.9, 0.8, 0.8, 0.1]), np.array([True, True, False, False]))
    trial = evidence.trial(0.8, TARGET)
    assert (trial.accepted, trial.errors) == (3, 1)
    assert trial.p_value == pytest.approx(0.5)  # (1 + 3) / 2 ** 3


def test_float32_scores_reach_the_decimal_threshold_they_came_from() -> None:
    evidence = Evidence(np.array([0.812346], dtype=np.float32), np.array([True]))
    assert evidence.trial(0.812346, TARGET).accepted == 1
    assert evidence.trial(0.812347, TARGET).accepted == 0


@pytest.mark.parametrize(
    ("scores", "correct"), [([0.5, 0.6], [True]), ([[0.5, 0.6]], [[True, False]])]
)
def test_one_decision_per_query_is_asked_for(scores: list[float], correct: list[bool]) -> None:
    with pytest.raises(DataError, match="one score and one verdict per query"):
        Evidence(np.array(scores), np.array(correct))


def test_scores_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(DataError, match="1 of 2 calibration scores are not finite"):
        Evidence(np.array([0.5, np.nan]), np.array([True, True]))
