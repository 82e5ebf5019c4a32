"""How far one distribution over bins is from another, and how far chance alone takes it.

See docs/method.md, Drift without labels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri

# Added to every bin of both sides (the prior of Jeffreys for shares), so that an empty bin does not
# make the index infinite. With 1,000 queries in ten bins it changes the index by less than 0.001.
SMOOTHING = 0.5
CHANCE_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Noise:
    """What the index is for traffic that did not change.

    `expected` is its mean; `upper` is what only `CHANCE_SHARE` of such samples exceed.
    """

    expected: float
    upper: float


def population_stability_index(counts: npt.ArrayLike, reference: npt.ArrayLike) -> float:
    """Return sum over bins of (p - q) ln(p / q), in nats.

    `counts` and `reference` (bins,) are smoothed by `SMOOTHING` and then divided by their sums to
    shares p and q. It is the divergence of Jeffreys (1946), also in Lewis, "An Introduction to
    Credit Scoring" (1994). 0 means equal shares, and it does not matter which side is which.
    """
    p, q = _shares(counts), _shares(reference)
    return float(np.sum((p - q) * np.log(p / q)))


def noise(queries: int, reference_queries: int, bins: int) -> Noise | None:
    """Return what chance makes of the index for samples of these sizes; None without queries.

    The index is (1/n + 1/m) times a chi-square variable of `bins - 1` degrees of freedom, in
    the limit of many queries (Yurdakul, "Statistical Properties of Population Stability Index",
    2018), so that its mean is (bins - 1) (1/n + 1/m).
    """
    if not queries or not reference_queries:
        return None
    scale, degrees = 1 / queries + 1 / reference_queries, bins - 1
    upper = float(chdtri(degrees, CHANCE_SHARE)) if degrees else 0.0
    return Noise(expected=degrees * scale, upper=upper * scale)


def _shares(counts: npt.ArrayLike) -> npt.NDArray[np.float64]:
    smoothed = np.asarray(counts, dtype=np.float64) + SMOOTHING
    shares: npt.NDArray[np.float64] = smoothed / smoothed.sum()
    return shares
