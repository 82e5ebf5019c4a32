from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.monitoring.alarm import ODDS, first_wealth, log_evidence, next_wealth

RATE = 0.05
FOR_AN_ERROR = ODDS / (1 + RATE * (ODDS - 1))
FOR_A_RIGHT_ANSWER = 1 / (1 + RATE * (ODDS - 1))


def waiting(audit: int) -> float:
    return 1 / (1 + math.log(1 + audit / 100))


def evidence(*wrong: bool, weight: float = 1.0) -> float:
    wealth = first_wealth()
    for audit, bad in enumerate(wrong, start=1):
        wealth = next_wealth(wealth, audit, RATE, weight, bad)
    return math.exp(log_evidence(wealth, len(wrong)))


def test_nothing_seen_is_no_evidence() -> None:
    assert evidence() == pytest.approx(1)


def test_the_first_audit_moves_what_started_with_it_and_nothing_else() -> None:
    started = 1 - waiting(1)
    assert evidence(True) == pytest.approx(started * FOR_AN_ERROR.mean() + waiting(1))
    assert evidence(False) == pytest.approx(started * FOR_A_RIGHT_ANSWER.mean() + waiting(1))


def test_the_second_audit_moves_what_started_with_either() -> None:
    both = (1 - waiting(1)) * (FOR_A_RIGHT_ANSWER * FOR_AN_ERROR).mean()
    second = (waiting(1) - waiting(2)) * FOR_AN_ERROR.mean()
    assert evidence(False, True) == pytest.approx(both + second + waiting(2))


def by_definition(wrong: list[bool]) -> float:
    """One unit over all starts and bets, each bet on its own."""
    factors = np.array([FOR_AN_ERROR if bad else FOR_A_RIGHT_ANSWER for bad in wrong])
    starts = range(len(wrong))
    won = [
        (waiting(start) - waiting(start + 1)) * float(factors[start:].prod(axis=0).mean())
        for start in starts
    ]
    return sum(won) + waiting(len(wrong))


@given(st.lists(st.booleans(), max_size=40))
def test_the_recursion_is_the_mixture_over_all_starts(wrong: list[bool]) -> None:
    assert evidence(*wrong) == pytest.approx(by_definition(wrong), rel=1e-9)


def test_a_long_good_past_costs_little() -> None:
    """10 errors after 3,000 right answers are not much less evidence than at once.

    A single bet of odds 2 from the beginning would have kept e^-142 of its stake.
    """
    past = evidence(*[False] * 3000, *[True] * 10)
    assert 1 / 0.05 < past < evidence(*[True] * 10)


def test_an_audit_of_small_weight_says_less() -> None:
    assert 1 < evidence(True, weight=0.1) < evidence(True, weight=1)
    assert 1 > evidence(False, weight=0.1) > evidence(False, weight=1)
    assert evidence(True, weight=0) == pytest.approx(1)


def test_many_deployments_are_watched_as_one_is() -> None:
    """The simulations use the formulas with a deployment per row."""
    wrong: npt.NDArray[np.bool_] = np.array([[True, False], [False, True], [True, True]])
    wealth = np.tile(first_wealth(), (3, 1))
    for column in range(2):
        wealth = next_wealth(wealth, column + 1, RATE, np.ones((3, 1)), wrong[:, column, None])
    alone = [evidence(*row) for row in wrong.tolist()]
    assert np.exp(log_evidence(wealth, 2)) == pytest.approx(alone)
