"""The toy model of docs/method.md, Holm's procedure: the true precision of a threshold is known.

Scores are Beta(2, 2), and a score s is right with probability sigmoid(9 (s - 0.55)).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

from models.index.base import SCORE_DECIMALS

_SCORES = np.linspace(0, 1, 100_001)
_DENSITY = stats.beta.pdf(_SCORES, 2, 2)


def chance(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return 1 / (1 + np.exp(-9 * (scores - 0.55)))


def scores(random: np.random.Generator, size: int) -> npt.NDArray[np.float64]:
    return np.round(random.beta(2, 2, size), SCORE_DECIMALS)


def labelled(
    random: np.random.Generator, size: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    drawn = scores(random, size)
    return drawn, random.random(size) < chance(drawn)


def true_coverage(threshold: float) -> float:
    return float(stats.beta.sf(threshold, 2, 2))


def true_precision(threshold: float) -> float:
    within = np.searchsorted(_SCORES, threshold)
    weights = _DENSITY[within:]
    return float((weights * chance(_SCORES[within:])).sum() / weights.sum())
