from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import ConfigurationError, DataError
from models.monitoring.watch import (
    Audit,
    Estimate,
    WatchSettings,
    WatchState,
    estimate,
    new_watch,
    observe,
)

SETTINGS = WatchSettings(target_precision=0.95)
AUDITS = st.builds(Audit, st.booleans(), st.sampled_from([0.01, 0.05, 0.3, 1.0]))


def watched(audits: Iterable[Audit], settings: WatchSettings = SETTINGS) -> WatchState:
    state = new_watch(settings)
    for audit in audits:
        state = observe(state, audit, settings)
    return state


def audits(right: int, wrong: int, inclusion: float = 0.05) -> list[Audit]:
    return [Audit(True, inclusion)] * right + [Audit(False, inclusion)] * wrong


def after(right: int, wrong: int, settings: WatchSettings = SETTINGS) -> Estimate:
    return estimate(watched(audits(right, wrong), settings), settings)


def test_before_the_first_audit_nothing_is_known() -> None:
    assert estimate(new_watch(SETTINGS), SETTINGS) == Estimate(
        audits=0,
        errors=0,
        precision=None,
        lower_bound=0,
        upper_bound=1,
        evidence=1,
        alarm=False,
    )


def test_audits_and_errors_are_counted() -> None:
    seen = after(right=27, wrong=3)
    assert (seen.audits, seen.errors) == (30, 3)
    assert seen.precision == pytest.approx(0.9)


def test_the_estimate_weighs_an_answer_by_how_many_it_stands_for() -> None:
    """One right answer of 10, one wrong of 2, one right of 1: 11 of 13."""
    state = watched([Audit(True, 0.1), Audit(False, 0.5), Audit(True, 1.0)])
    assert estimate(state, SETTINGS).precision == pytest.approx(11 / 13)


def test_errors_raise_an_alarm_that_is_never_taken_back() -> None:
    state = watched(audits(right=0, wrong=6))
    assert estimate(state, SETTINGS).alarm
    for audit in audits(right=500, wrong=0):
        state = observe(state, audit, SETTINGS)
    seen = estimate(state, SETTINGS)
    assert seen.alarm
    assert seen.evidence < 1 / SETTINGS.false_alarm


def test_fewer_false_alarms_take_more_evidence() -> None:
    evidence = after(right=0, wrong=4).evidence
    assert after(0, 4, replace(SETTINGS, false_alarm=1.01 / evidence)).alarm
    assert not after(0, 4, replace(SETTINGS, false_alarm=0.99 / evidence)).alarm


def test_more_confidence_is_a_wider_interval() -> None:
    wide, narrow = (after(95, 5, replace(SETTINGS, confidence=c)) for c in (0.99, 0.8))
    assert wide.lower_bound < narrow.lower_bound < 0.95
    assert wide.upper_bound > narrow.upper_bound > 0.95


def test_a_higher_target_is_evidence_sooner() -> None:
    assert after(90, 10, WatchSettings(0.99)).evidence > after(90, 10, WatchSettings(0.95)).evidence


def test_a_watch_of_another_target_is_refused() -> None:
    state, other = watched(audits(3, 0)), WatchSettings(0.9)
    for use in (lambda: estimate(state, other), lambda: observe(state, Audit(True, 1.0), other)):
        with pytest.raises(ConfigurationError, match=r"begun for target_precision 0.95, not 0.9"):
            use()


@pytest.mark.parametrize("inclusion", [0.0, -0.1, 1.01, math.nan, math.inf])
def test_an_impossible_inclusion_probability_is_refused(inclusion: float) -> None:
    with pytest.raises(DataError, match=f"inclusion_probability .* not {inclusion}"):
        Audit(True, inclusion)


@pytest.mark.parametrize("correct", [math.nan, None, 2, "unsure"])
def test_what_is_no_verdict_is_refused(correct: Any) -> None:
    with pytest.raises(DataError, match=f"correct must be true or false, not {correct}"):
        Audit(correct, 0.05)


def test_endless_errors_stay_numbers() -> None:
    state = replace(watched(audits(0, 10)), log_wealth=(1e6,) * 8, highest_log_evidence=1e6)
    assert math.isfinite(estimate(state, SETTINGS).evidence)
    assert estimate(observe(state, Audit(False, 1.0), SETTINGS), SETTINGS).alarm


@given(st.lists(AUDITS, max_size=30))
def test_bounds_are_in_order_and_errors_within_audits(seen: list[Audit]) -> None:
    found = estimate(watched(seen), SETTINGS)
    assert 0 <= found.lower_bound <= found.upper_bound <= 1
    assert 0 <= found.errors <= found.audits == len(seen)
    assert found.evidence > 0


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_precision_lies_within_its_bounds_when_all_weigh_the_same(
    right: int, wrong: int
) -> None:
    found = after(right, wrong)
    if found.precision is not None:
        assert found.lower_bound <= found.precision + 1e-6
        assert found.upper_bound >= found.precision - 1e-6


@given(st.lists(AUDITS, max_size=30), AUDITS)
def test_an_error_raises_the_evidence_and_a_right_answer_lowers_it(
    seen: list[Audit], last: Audit
) -> None:
    before = watched(seen)
    change = evidence(observe(before, last, SETTINGS)) - evidence(before)
    assert change < 0 if last.correct else change > 0


def evidence(state: WatchState) -> float:
    return estimate(state, SETTINGS).evidence


@given(st.lists(AUDITS, min_size=1, max_size=30), st.data())
def test_one_more_error_lowers_both_bounds_and_the_precision(
    seen: list[Audit], data: st.DataObject
) -> None:
    changed = data.draw(st.integers(0, len(seen) - 1))
    right, wrong = (
        estimate(
            watched(
                [*seen[:changed], replace(seen[changed], correct=correct), *seen[changed + 1 :]]
            ),
            SETTINGS,
        )
        for correct in (True, False)
    )
    assert wrong.precision is not None
    assert right.precision is not None
    assert wrong.precision < right.precision
    assert wrong.lower_bound <= right.lower_bound
    assert wrong.upper_bound <= right.upper_bound
    assert wrong.evidence > right.evidence


def test_it_keeps_pace_with_any_traffic() -> None:
    """State and work do not grow with the audits, whatever their probabilities."""
    random = np.random.default_rng(0)
    seen = (
        Audit(bool(right), p)
        for right, p in zip(random.random(3000) < 0.9, random.random(3000) + 1e-9, strict=True)
    )
    state = watched(seen)
    assert len(state.tally) <= 97
    assert len(str(state.to_json())) < 3_000
