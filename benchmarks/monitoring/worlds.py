"""Deployments whose true precision is known, watched many at a time by the formulas of the service.

`models.monitoring.watch` takes one audit of one deployment; what is here takes one audit of each of
many deployments, through the same functions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.monitoring import alarm, bounds
from models.monitoring.bets import log_growth
from models.monitoring.weights import weight_steps, weights_of

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ANSWERS = 20_000
SHARE = 0.05
"""Of the answers is audited where all have the same chance."""


@dataclass(frozen=True, slots=True, eq=False)
class Audits:
    """The audits of deployments in order, both of shape (deployments, audits).

    Where a deployment has fewer audits than others, the rest have weight 0: no bet.
    """

    wrong: Flags
    weights: Floats


def steady(random: np.random.Generator, deployments: int, precision: float) -> Audits:
    """Return the audits of deployments in which every answer is right with this probability."""
    return audited(random, random.random((deployments, ANSWERS)) >= precision, SHARE)


def uneven(random: np.random.Generator, deployments: int) -> Audits:
    """Return audits of a precision of 0.95 in all, of which the bad answers are audited more.

    A fifth of the answers is right with probability 0.90 and audited with 0.20; the others are
    right with 0.9625 and audited with 0.02.
    """
    bad = random.random((deployments, ANSWERS)) < 0.2
    wrong = random.random(bad.shape) >= np.where(bad, 0.90, 0.9625)
    return audited(random, wrong, np.where(bad, 0.20, 0.02))


def dropping(random: np.random.Generator, deployments: int, good: int, bad: int) -> Audits:
    """Return so many good audits of a precision of 0.96, then so many bad ones of 0.90."""
    precision = np.where(np.arange(good + bad) < good, 0.96, 0.90)
    return equal_audits(random.random((deployments, good + bad)) >= precision)


def equal_audits(wrong: Flags) -> Audits:
    """Return audits of one inclusion probability."""
    return Audits(wrong, np.ones(wrong.shape))


def audited(random: np.random.Generator, wrong: Flags, inclusion: Floats | float) -> Audits:
    """Return the audits of answers, each chosen by its own inclusion probability.

    `wrong` has shape (deployments, answers), and `inclusion` one that it can be broadcast to.
    """
    chosen = random.random(wrong.shape) < inclusion
    first = np.argsort(~chosen, axis=1, kind="stable")[:, : chosen.sum(axis=1).max()]
    chances = np.take_along_axis(np.broadcast_to(inclusion, wrong.shape), first, axis=1)
    weights = weights_of(weight_steps(chances, np.minimum.accumulate(chances, axis=1)))
    weights *= np.take_along_axis(chosen, first, axis=1)
    return Audits(np.take_along_axis(wrong, first, axis=1), weights)


def log_evidence(audits: Audits, target_precision: float) -> Floats:
    """Return the alarm's log evidence after each audit, of shape (deployments, audits)."""
    deployments, count = audits.wrong.shape
    wealth = np.tile(alarm.first_wealth(), (deployments, 1))
    course = np.empty((deployments, count))
    for column in range(count):
        weight, wrong = audits.weights[:, column, None], audits.wrong[:, column, None]
        wealth = alarm.next_wealth(wealth, column + 1, 1 - target_precision, weight, wrong)
        course[:, column] = alarm.log_evidence(wealth, column + 1)
    return course


def alarms(audits: Audits, target_precision: float, false_alarm: float) -> npt.NDArray[np.int64]:
    """Return the number of audits at each deployment's alarm; one more than there are if none."""
    reached = log_evidence(audits, target_precision) >= -math.log(false_alarm)
    first = np.where(reached.any(axis=1), reached.argmax(axis=1), reached.shape[1])
    return np.asarray(first + 1, dtype=np.int64)


def too_high(audits: Audits, precision: float, confidence: float) -> Flags:
    """Return in which deployments the lower bound is ever above this precision, the true one."""
    return _ever_excluded(audits.wrong, audits.weights, 1 - precision, confidence)


def too_low(audits: Audits, precision: float, confidence: float) -> Flags:
    """Return in which deployments the upper bound is ever below this precision, the true one."""
    return _ever_excluded(~audits.wrong, audits.weights, precision, confidence)


def _ever_excluded(wrong: Flags, weights: Floats, rate: float, confidence: float) -> Flags:
    limit = -math.log1p(-confidence)
    excluded = np.empty(len(wrong), dtype=np.bool_)
    for row, (bad, weight) in enumerate(zip(wrong, weights, strict=True)):
        grown = log_growth(bounds.ODDS, rate, weight[:, None], bad[:, None])
        excluded[row] = (bounds.mixed(grown.cumsum(axis=0)) >= limit).any()
    return excluded
