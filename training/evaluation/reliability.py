"""Whether probabilities are true: of answers with probability p, about the share p is right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.calibration.binomial import share_interval
from models.calibration.scores import Flags, Scores
from models.errors import DataError
from models.index.base import SCORE_DECIMALS
from training.evaluation.coverage import INTERVAL_CONFIDENCE

BINS = 10


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The answers whose probability is from `lowest` to below `highest`, 1 included in the last.

    `probability` is their mean, `right` the share of right ones, both None where there are none.
    `interval` is the Clopper-Pearson interval of `right` at `INTERVAL_CONFIDENCE`.
    """

    lowest: float
    highest: float
    queries: int
    probability: float | None
    right: float | None
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Reliability:
    """Bins of equal width, and the expected calibration error of the answers in them."""

    bins: tuple[ReliabilityBin, ...]
    expected_calibration_error: float


def reliability(probabilities: Scores, correct: Flags) -> Reliability:
    """Return how true the probabilities (queries,) of the first answers are, in `BINS` bins.

    The expected calibration error is the mean distance of `probability` and `right` over the bins,
    weighted by their queries (Naeini, Cooper, Hauskrecht, AAAI 2015). A query without an answer
    (-inf) says nothing. Raise DataError when none has one.
    """
    known = np.isfinite(probabilities)
    if not known.any():
        raise DataError("the reliability of probabilities needs at least one answered query")
    # As it is written: as float32, 0.9 is below 0.9.
    values = probabilities[known].astype(np.float64).round(SCORE_DECIMALS)
    right = correct[known]
    place = np.minimum((values * BINS).astype(np.int64), BINS - 1)
    bins = tuple(_bin(at, values[place == at], right[place == at]) for at in range(BINS))
    apart = sum(
        one.queries * abs(one.probability - one.right)
        for one in bins
        if one.probability is not None and one.right is not None
    )
    return Reliability(bins, float(apart) / len(values))


def _bin(at: int, values: Scores, right: Flags) -> ReliabilityBin:
    count, hits = len(values), int(right.sum())
    return ReliabilityBin(
        lowest=at / BINS,
        highest=(at + 1) / BINS,
        queries=count,
        probability=float(values.mean()) if count else None,
        right=hits / count if count else None,
        interval=share_interval(hits, count, INTERVAL_CONFIDENCE),
    )
