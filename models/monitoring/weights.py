"""How much an audit counts, when not all answers had the same chance of being audited.

An answer that is audited with probability p stands for 1 / p answers (Horvitz & Thompson 1952). A
bet may not risk more than its stake, so the weights used in bets are at most 1: the smallest
probability so far, this one included, divided by p. They are known before the verdict is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Steps = npt.NDArray[np.int64]

STEPS_PER_HALVING = 16
"""Weights are rounded to powers of 2 ** (1/16), by 2.2 % at most, so that few are distinct: then
their counts are all that a bound needs to remember."""

FURTHEST_STEP = 6 * STEPS_PER_HALVING
"""No weight is below 1/64: a single answer with a tiny probability must not silence the watch."""


def weight_steps(inclusion: Floats | float, least: Floats | float) -> Steps:
    """Return the steps of the weights of audits: 0 for weight 1, rising as the weight falls.

    `inclusion` are their inclusion probabilities, `least` the smallest up to each, it included.
    """
    steps = np.rint(STEPS_PER_HALVING * np.log2(inclusion / least))
    return np.asarray(np.minimum(steps, FURTHEST_STEP), dtype=np.int64)


def weights_of(steps: Steps | int) -> Floats:
    """Return the weights at these steps, in [1/64, 1]."""
    return np.exp2(-np.asarray(steps) / STEPS_PER_HALVING)
