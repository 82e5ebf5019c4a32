"""By what factor a bet on one audit grows, when the error rate is in truth the stated one.

A bet says that the odds of an error are `odds` times those at the error rate m (1: no bet). Its
factor is the likelihood ratio of what was seen, of which the weight v of the audit is staked:

    f = 1 - v + v * ratio,    ratio = odds / (1 + m (odds - 1)) for an error, 1 / (...) otherwise
      = 1 + v * b * (error - m),    b = (odds - 1) / (1 + m (odds - 1))

The second form is the bet of Waudby-Smith & Ramdas (JRSS-B 2024, arXiv:2010.09686) with b in the
allowed range: f is above 0, and its mean is 1 at the error rate m, at most 1 below it when odds > 1
and above it when odds < 1. With odds instead of b as what is fixed, f falls in m for each odds
above 1 and rises for each below, whatever was seen; hence so do products and mixtures of bets.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def log_growth(
    odds: Floats, error_rate: Floats | float, weight: Floats | float, wrong: npt.ArrayLike
) -> Floats:
    """Return log(f); the arguments are broadcast against each other, `wrong` being 0 or 1."""
    stake = weight * (odds - 1) / (1 + error_rate * (odds - 1))
    return np.asarray(np.log1p(stake * (np.asarray(wrong) - error_rate)), dtype=np.float64)
