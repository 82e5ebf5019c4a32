"""What is simulated must be what the service computes."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.monitoring.worlds import (
    Audits,
    alarms,
    audited,
    log_evidence,
    steady,
    too_high,
    too_low,
    uneven,
)
from models.monitoring.watch import Audit, WatchSettings, estimate, new_watch, observe

SETTINGS = WatchSettings(target_precision=0.9, false_alarm=0.2, confidence=0.6)
INCLUSIONS = (0.5, 0.9, 1.0)


def one_by_one(
    wrong: npt.NDArray[np.bool_], inclusion: npt.NDArray[np.float64]
) -> tuple[list[float], list[float], int]:
    """Return the evidence and the lower bound after each audit, and the first alarm."""
    state, evidence, lower, first = new_watch(SETTINGS), [], [], len(wrong) + 1
    for number, (bad, chance) in enumerate(zip(wrong, inclusion, strict=True), start=1):
        state = observe(state, Audit(not bad, float(chance)), SETTINGS)
        seen = estimate(state, SETTINGS)
        evidence.append(seen.evidence)
        lower.append(seen.lower_bound)
        if seen.alarm:
            first = min(first, number)
    return evidence, lower, first


def test_deployments_watched_at_once_are_watched_as_by_the_service() -> None:
    random = np.random.default_rng(0)
    wrong = random.random((10, 90)) < np.linspace(0.02, 0.3, 10)[:, None]
    inclusion = random.choice(INCLUSIONS, wrong.shape)
    chances = np.random.default_rng(1).random(wrong.shape)
    audits = audited(np.random.default_rng(1), wrong, inclusion)
    evidence, first = log_evidence(audits, 0.9), alarms(audits, 0.9, 0.2)
    broken = too_high(audits, 0.85, 0.6)
    assert 0 < broken.sum() < 10
    assert 0 < (first <= audits.wrong.shape[1]).sum() < 10
    for row in range(10):
        chosen = chances[row] < inclusion[row]
        expected, lower, alarm = one_by_one(wrong[row, chosen], inclusion[row, chosen])
        assert np.exp(evidence[row, : len(expected)]) == pytest.approx(expected)
        assert broken[row] == (max(lower) > 0.85)
        assert min(first[row], len(expected) + 1) == alarm


def test_a_deployment_with_fewer_audits_than_others_ends_with_what_it_has() -> None:
    wrong = np.ones((2, 3), dtype=np.bool_)
    evidence = log_evidence(Audits(wrong, np.array([[1.0, 0, 0], [1, 1, 1]])), 0.9)
    assert evidence[0] == pytest.approx([evidence[1, 0]] * 3)
    assert evidence[1, 2] > evidence[1, 1] > evidence[1, 0] > 0


def test_five_percent_are_audited_where_all_have_the_same_chance() -> None:
    audits = steady(np.random.default_rng(0), 50, 0.95)
    assert (audits.weights > 0).sum() / (50 * 20_000) == pytest.approx(0.05, abs=0.002)
    assert audits.wrong[audits.weights > 0].mean() == pytest.approx(0.05, abs=0.005)


def test_uneven_audits_are_wrong_more_often_than_the_answers_are() -> None:
    audits = uneven(np.random.default_rng(0), 50)
    assert audits.wrong[audits.weights > 0].mean() > 0.08
    weighted = (audits.wrong * audits.weights).sum() / audits.weights.sum()
    assert weighted == pytest.approx(0.05, abs=0.005)


def test_bounds_are_not_excluded_by_what_they_expect() -> None:
    wrong = np.tile(np.arange(100) % 20 == 10, (2, 1))
    audits = Audits(wrong, np.ones(wrong.shape))
    assert not too_high(audits, 0.95, 0.9).any()
    assert not too_low(audits, 0.95, 0.9).any()
    assert too_high(audits, 0.5, 0.9).all()
    assert too_low(audits, 0.9999, 0.9).all()
    assert math.isfinite(log_evidence(audits, 0.95).max())
