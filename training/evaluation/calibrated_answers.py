"""What else a calibration says of an answer, on queries that it was not made with.

The probability that the best product is right, and "no product of the catalogue is right".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.calibration.binomial import share_interval
from models.calibration.probability import ProbabilityMap
from models.calibration.scores import Flags
from models.index.base import Neighbours
from models.thresholds import Promise, unmatched
from training.evaluation.coverage import INTERVAL_CONFIDENCE
from training.evaluation.reliability import Reliability, reliability


@dataclass(frozen=True, slots=True)
class NoMatch:
    """What the promise of "no match" did on `queries` queries.

    It was `said` of so many, and of `right` of these the catalogue has no right product. The
    interval is that of the precision, Clopper-Pearson at `INTERVAL_CONFIDENCE`.
    """

    promise: Promise
    queries: int
    said: int
    right: int
    precision_interval: tuple[float, float]

    @property
    def precision(self) -> float | None:
        """Return the share of right ones, None where it was never said."""
        return self.right / self.said if self.said else None


@dataclass(frozen=True, slots=True)
class CalibratedAnswers:
    """How true the probability of the best answer is, and what "no match" did.

    `reliability` is None where there were too few labels for a map, `no_match` where it was not
    asked for.
    """

    reliability: Reliability | None
    no_match: NoMatch | None


def calibrated_answers(
    probability: ProbabilityMap | None,
    no_match: Promise | None,
    found: Neighbours,
    correct: Flags,
    answerable: Flags,
) -> CalibratedAnswers:
    """Return both for the queries that these products were found for.

    `correct` (queries,) says whether the best product is right, `answerable` whether any is.
    """
    return CalibratedAnswers(
        reliability=_reliability(probability, found, correct),
        no_match=None if no_match is None else _no_match(no_match, found, answerable),
    )


def _reliability(
    probability: ProbabilityMap | None, found: Neighbours, correct: Flags
) -> Reliability | None:
    best = found.deciding[:, 0]
    answered = np.isfinite(best)
    if probability is None or not answered.any():
        return None
    return reliability(probability.of(best[answered]), correct[answered])


def _no_match(promise: Promise, found: Neighbours, answerable: Flags) -> NoMatch:
    chosen = unmatched(found.deciding, promise)
    said, right = int(chosen.sum()), int((chosen & ~answerable).sum())
    return NoMatch(
        promise, len(chosen), said, right, share_interval(right, said, INTERVAL_CONFIDENCE)
    )
