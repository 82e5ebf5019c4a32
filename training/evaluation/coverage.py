"""Precision against automation coverage: what one threshold on the top-1 score buys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.calibration.evidence import Flags, Scores
from models.errors import DataError
from models.thresholds import reaches

Ratios = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PrecisionCoverage:
    """One point for each distinct score, from the highest threshold to the lowest.

    `coverage` rises to 1; `precision` is the share of right answers among the accepted ones.
    """

    thresholds: Scores
    coverage: Ratios
    precision: Ratios


def precision_coverage(scores: Scores, correct: Flags) -> PrecisionCoverage:
    """Return the curve of one decision per query; equal scores are accepted together.

    `scores` and `correct` have shape (queries,). Raise DataError when there is no query.
    """
    if not len(scores):
        raise DataError("a precision-coverage curve needs at least one query")
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    last_of_its_score = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    accepted = last_of_its_score + 1
    right = np.cumsum(correct[order])[last_of_its_score]
    return PrecisionCoverage(ordered[last_of_its_score], accepted / len(scores), right / accepted)


def oracle_coverage(curve: PrecisionCoverage, target_precision: float) -> float:
    """Return C@1(target): the largest automation coverage with precision >= target, or 0.

    The threshold is chosen on the very labels it is judged by (METHOD 1.5, oracle protocol): an
    upper bound for comparing models, not a promise.
    """
    good = curve.coverage[curve.precision >= target_precision]
    return float(good.max()) if len(good) else 0.0


def highest_possible_coverage(accuracy: float, target_precision: float) -> float:
    """Return C_max = min(1, P@1 / target): C@1 if right answers had the highest scores."""
    return min(1.0, accuracy / target_precision)


@dataclass(frozen=True, slots=True)
class Realised:
    """What a threshold that was chosen elsewhere does on these queries."""

    accepted: int
    errors: int
    automation_coverage: float
    precision: float | None


def realised(scores: Scores, correct: Flags, threshold: float | None) -> Realised:
    """Return coverage and precision at the threshold; None accepts nothing.

    A query without a right product is an error when it is accepted.
    """
    if threshold is None:
        return Realised(0, 0, 0.0, None)
    chosen = reaches(scores, threshold)
    accepted, errors = int(chosen.sum()), int((chosen & ~correct).sum())
    precision = (accepted - errors) / accepted if accepted else None
    return Realised(accepted, errors, accepted / len(scores), precision)
