"""Exact binomial statements about precision, from integer counts.

For a threshold that was fixed without these labels, the errors among the accepted queries are
Binomial(accepted, 1 - precision). Counts stay integers: MAPIE's `ceil(n * rate)` in floating point
counts one error too many for 42 % of the (n, k) pairs. See docs/method.md, Exact binomial test.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special

Counts = npt.NDArray[np.int64]


def p_value(errors: int, accepted: int, target_precision: float) -> float:
    """Return P(Bin(accepted, 1 - target) <= errors), the p-value of "precision < target".

    Clopper & Pearson (1934). It is 1 when nothing was accepted.
    """
    return float(special.bdtr(errors, accepted, 1 - target_precision))


def p_values(errors: Counts, accepted: Counts, target_precision: float) -> npt.NDArray[np.float64]:
    """Return `p_value` elementwise over arrays of equal shape."""
    return np.asarray(special.bdtr(errors, accepted, 1 - target_precision), dtype=np.float64)


def zero_error_minimum(target_precision: float, confidence: float) -> int:
    """Return the fewest accepted labels that can certify the target, none of them an error.

    The smallest n with target^n <= 1 - confidence: 45 for 0.95 at confidence 0.90.
    """
    return math.ceil(math.log(1 - confidence) / math.log(target_precision))


def share_interval(count: int, total: int, confidence: float) -> tuple[float, float]:
    """Return the two-sided Clopper-Pearson interval of a share; (0, 1) for a share of nothing."""
    if total == 0:
        return 0.0, 1.0
    tail = (1 - confidence) / 2
    low = special.betaincinv(count, total - count + 1, tail) if count else 0.0
    high = special.betaincinv(count + 1, total - count, 1 - tail) if count < total else 1.0
    return float(low), float(high)
