from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.monitoring.bets import log_growth

RATES = st.floats(0.001, 0.999)
ODDS = st.floats(0.001, 100)
WEIGHTS = st.floats(1 / 64, 1)


def factor(odds: float, rate: float, weight: float, wrong: int) -> float:
    return math.exp(log_growth(np.array(odds), rate, weight, wrong))


def test_a_full_bet_is_the_likelihood_ratio() -> None:
    """Odds 2 at 0.05: 0.1 / 1.05 of the answers would be wrong instead of 0.05."""
    assert factor(2, 0.05, 1, wrong=1) == pytest.approx((0.1 / 1.05) / 0.05)
    assert factor(2, 0.05, 1, wrong=0) == pytest.approx((0.95 / 1.05) / 0.95)


def test_an_audit_of_half_the_weight_keeps_half_of_the_stake() -> None:
    assert factor(2, 0.05, 0.5, wrong=1) == pytest.approx(0.5 + 0.5 * 2 / 1.05)
    assert factor(2, 0.05, 0.5, wrong=0) == pytest.approx(0.5 + 0.5 * 1 / 1.05)


def test_equal_odds_are_no_bet() -> None:
    assert factor(1, 0.05, 1, wrong=1) == factor(1, 0.05, 1, wrong=0) == 1


@given(ODDS, RATES, WEIGHTS)
def test_it_is_a_fair_game_at_the_stated_error_rate(
    odds: float, rate: float, weight: float
) -> None:
    wrong, right = (factor(odds, rate, weight, wrong) for wrong in (1, 0))
    assert rate * wrong + (1 - rate) * right == pytest.approx(1)


@given(ODDS, RATES, RATES, WEIGHTS, st.sampled_from([0, 1]))
def test_betting_on_more_errors_wins_less_the_more_are_allowed(
    odds: float, a: float, b: float, weight: float, wrong: int
) -> None:
    fewer, more = sorted((a, b))
    grown = [log_growth(np.array(odds), rate, weight, wrong) for rate in (fewer, more)]
    falls = grown[0] - grown[1] if odds >= 1 else grown[1] - grown[0]
    assert falls >= -1e-9


@given(ODDS, RATES, WEIGHTS)
def test_right_and_wrong_answers_mirror_each_other(odds: float, rate: float, weight: float) -> None:
    assert factor(odds, rate, weight, wrong=1) == pytest.approx(
        factor(1 / odds, 1 - rate, weight, wrong=0)
    )
