"""Bounds of the precision over the life of a watch that hold at all times at once.

A confidence sequence by betting (Waudby-Smith & Ramdas, JRSS-B 2024, arXiv:2010.09686): a precision
is excluded while a mixture of bets against it, which would be a fair game if it were the true one,
has won 1 / (1 - confidence). Bets that errors are rarer exclude low precisions only, and the lower
they are the more they win (`bets`): what is excluded is everything below the bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from models.monitoring.bets import Floats, log_growth
from models.monitoring.weights import weights_of

Tally = tuple[tuple[int, int, int], ...]
"""(step of the weight, right answers, wrong answers), a row per distinct step, steps rising."""

_LOG_ODDS = np.geomspace(7, 0.01, 16)
ODDS = np.exp(-_LOG_ODDS)
"""A bet is best for one number of audits: from none without an error to beyond a million."""

_PEAKED = np.exp(-((np.log(_LOG_ODDS / 0.4) / 1.5) ** 2) / 2) + 0.05
_LOG_STAKES = np.log(_PEAKED / _PEAKED.sum())
"""Most is staked where some hundred to some thousand audits are best served, normally distributed
in ln(log odds). Against an even division, 0.005 tighter at 100 audits and 0.001 at 1,000."""

_POINTS = 33
_ROUNDS = 4
"""Each round narrows the bound to 1/32: to a millionth in all, rounded to the safe side."""


def add(tally: Tally, step: int, *, correct: bool) -> Tally:
    """Return the tally with one more audit."""
    counts = {row[0]: row[1:] for row in tally}
    right, wrong = counts.get(step, (0, 0))
    counts[step] = (right + correct, wrong + (not correct))
    return tuple((key, *counts[key]) for key in sorted(counts))


def lower_bound(tally: Tally, confidence: float) -> float:
    """Return what the precision is at least; 0 without audits.

    In each deployment with probability `confidence` it is so after every audit: of a constant
    precision, and where all audits have the same weight of the average precision so far, whatever
    its course (the product of 1 + m(i) (odds - 1) is at most that of their mean).
    """
    limit = -math.log1p(-confidence)
    return 1 - _highest_kept(lambda rates: log_evidence(tally, rates) < limit)


def upper_bound(tally: Tally, confidence: float) -> float:
    """Return what the precision is at most, in the sense of `lower_bound`; 1 without audits."""
    return 1 - lower_bound(tuple((step, bad, good) for step, good, bad in tally), confidence)


def log_evidence(tally: Tally, error_rates: Floats) -> Floats:
    """Return the log of the evidence that errors are rarer than each of the rates, of their shape.

    It rises in the rate.
    """
    rates = error_rates[..., np.newaxis]
    won = np.zeros((*error_rates.shape, len(ODDS)))
    for step, right, wrong in tally:
        weight = weights_of(step)
        won += right * log_growth(ODDS, rates, weight, 0)
        won += wrong * log_growth(ODDS, rates, weight, 1)
    return mixed(won)


def mixed(won: Floats) -> Floats:
    """Return the log of the evidence, of shape (...), of what the bets won, of (..., bets)."""
    return np.asarray(np.logaddexp.reduce(won + _LOG_STAKES, axis=-1), dtype=np.float64)


def _highest_kept(kept: Callable[[Floats], np.ndarray]) -> float:
    low, high = 0.0, 1.0
    for _ in range(_ROUNDS):
        rates = np.linspace(low, high, _POINTS)
        last = max(int(np.count_nonzero(kept(rates))) - 1, 0)
        low, high = float(rates[last]), float(rates[min(last + 1, _POINTS - 1)])
    return high
