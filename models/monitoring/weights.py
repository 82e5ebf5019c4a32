"""How much an audit counts, when not all answers had the same chance of being audited.

An answer that is audited with probability p stands for 1 / p answers (Horvitz & Thompson 1952). A
bet may not risk more than its stake, so the weights used in bets are at most 1: the smallest
probability so far, this one included, divided by p. They are known before the verdict is.
"""

from __future__ import annotations

import math

STEPS_PER_HALVING = 16
"""Weights are rounded to powers of 2 ** (1/16), by 2.2 % at most, so that few are distinct: then
their counts are all that a bound needs to remember."""

FURTHEST_STEP = 6 * STEPS_PER_HALVING
"""No weight is below 1/64: a single answer with a tiny probability must not silence the watch."""


def weight_step(inclusion: float, least: float) -> int:
    """Return the step of the weight of an audit: 0 for weight 1, rising as the weight falls.

    `inclusion` is its inclusion probability, `least` the smallest so far, `inclusion` among them.
    """
    step = round(STEPS_PER_HALVING * math.log2(inclusion / least))
    return min(step, FURTHEST_STEP)


def weight_of(step: int) -> float:
    """Return the weight at a step, in [1/64, 1]."""
    return float(2 ** (-step / STEPS_PER_HALVING))
