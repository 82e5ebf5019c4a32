from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibration.binomial import share_interval
from models.monitoring.bounds import ODDS, Tally, add, log_evidence, lower_bound, upper_bound

TALLIES = st.dictionaries(
    st.integers(0, 96), st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=4
).map(lambda counts: tuple((step, *counts[step]) for step in sorted(counts)))


def plain(right: int, wrong: int) -> Tally:
    return ((0, right, wrong),)


def test_a_tally_has_a_row_per_weight() -> None:
    tally = add(add(add((), 16, correct=True), 0, correct=False), 16, correct=False)
    assert tally == ((0, 0, 1), (16, 1, 1))


def test_nothing_seen_bounds_nothing() -> None:
    assert (lower_bound((), 0.9), upper_bound((), 0.9)) == (0, 1)


def test_the_stakes_are_one_unit() -> None:
    assert log_evidence((), np.array(0.5)) == pytest.approx(0)


def test_bets_on_rarer_errors_win_by_right_answers_and_lose_by_wrong_ones() -> None:
    """Against an error rate of 0.5, each bet's factor is 2 / (1 + odds), or that times odds."""
    stakes = np.exp([log_evidence(((0, 1, 0),), np.array(0.5))])
    assert 1 < stakes < (2 / (1 + ODDS)).max()
    assert math.exp(log_evidence(((0, 0, 1),), np.array(0.5))) == pytest.approx(
        2 - math.exp(log_evidence(((0, 1, 0),), np.array(0.5)))
    )  # a fair game: the two are equally likely, and their mean is the stake


def test_the_lower_bound_is_where_the_evidence_is_enough() -> None:
    tally = plain(970, 30)
    low = lower_bound(tally, 0.9)
    assert math.exp(log_evidence(tally, np.array(1 - low))) == pytest.approx(10, rel=1e-2)
    assert log_evidence(tally, np.array(1 - low + 1e-5)) > math.log(10)
    assert log_evidence(tally, np.array(1 - low - 1e-5)) < math.log(10)


@pytest.mark.parametrize(
    ("right", "wrong", "floor"),
    [(45, 0, 0.915), (97, 3, 0.90), (194, 6, 0.925), (970, 30, 0.952), (4850, 150, 0.962)],
)
def test_the_lower_bound_is_not_below_what_it_has_reached(
    right: int, wrong: int, floor: float
) -> None:
    once, _ = share_interval(right, right + wrong, 0.8)
    assert floor < lower_bound(plain(right, wrong), 0.9) < once  # of one look, at the same risk


def test_more_audits_of_the_same_precision_are_tighter() -> None:
    bounds = [lower_bound(plain(97 * times, 3 * times), 0.9) for times in (1, 3, 10, 100, 10_000)]
    assert bounds == sorted(bounds)
    assert bounds[-1] == pytest.approx(0.97, abs=0.002)


@given(TALLIES)
def test_the_bounds_hold_the_weighted_share_of_right_answers(tally: Tally) -> None:
    low, high = lower_bound(tally, 0.9), upper_bound(tally, 0.9)
    assert 0 <= low <= high <= 1
    weights = [(2 ** (-step / 16), right, wrong) for step, right, wrong in tally]
    total = sum(weight * (right + wrong) for weight, right, wrong in weights)
    if total:
        share = sum(weight * right for weight, right, _ in weights) / total
        assert low - 1e-6 <= share <= high + 1e-6


@given(TALLIES, st.floats(0.5, 0.99), st.floats(0.5, 0.99))
def test_more_confidence_is_a_wider_interval(tally: Tally, a: float, b: float) -> None:
    less, more = sorted((a, b))
    assert lower_bound(tally, more) <= lower_bound(tally, less)
    assert upper_bound(tally, more) >= upper_bound(tally, less)


@given(TALLIES)
def test_the_evidence_rises_in_the_error_rate(tally: Tally) -> None:
    """So that what is excluded is everything beyond the bound."""
    assert (np.diff(log_evidence(tally, np.linspace(0, 1, 101))) >= -1e-9).all()


@given(TALLIES)
def test_right_and_wrong_mirror_each_other(tally: Tally) -> None:
    mirrored = tuple((step, wrong, right) for step, right, wrong in tally)
    assert upper_bound(tally, 0.9) == 1 - lower_bound(mirrored, 0.9)
