"""Precision against automation coverage: what one threshold on the top-1 score buys."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.calibration.binomial import share_interval
from models.calibration.scores import Flags, Scores
from models.errors import DataError

Ratios = npt.NDArray[np.float64]
INTERVAL_CONFIDENCE = 0.95


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

    The threshold is chosen on the very labels it is judged by (docs/method.md, Measures): an upper
    bound for comparing models, not a promise.
    """
    good = curve.coverage[curve.precision >= target_precision]
    return float(good.max()) if len(good) else 0.0


def highest_possible_coverage(accuracy: float, target_precision: float) -> float:
    """Return C_max = min(1, P@1 / target): C@1 if right answers had the highest scores."""
    return min(1.0, accuracy / target_precision)


def area_under(curve: PrecisionCoverage) -> float:
    """Return the mean precision over all shares of automation from 0 to 1.

    Queries of equal score are accepted together, with the precision of the whole step.
    """
    return float(curve.precision @ np.diff(curve.coverage, prepend=0.0))


@dataclass(frozen=True, slots=True)
class Realised:
    """What a threshold that was chosen elsewhere does on these queries.

    `errors` are accepted queries whose answer is wrong or, where several products of a query were
    accepted, the sum of the shares that are. `precision` is None when nothing is accepted. The
    intervals are two-sided Clopper-Pearson intervals at `INTERVAL_CONFIDENCE`, of shares with the
    sum rounded outwards; that of the precision of nothing is (0, 1). `unanswerable` of the accepted
    queries have no right product in the catalogue at all.
    """

    accepted: int
    errors: int | float
    unanswerable: int
    automation_coverage: float
    automation_coverage_interval: tuple[float, float]
    precision: float | None
    precision_interval: tuple[float, float]


def realised(accepted: Flags, correct: Flags, answerable: Flags) -> Realised:
    """Return coverage and precision of the accepted products of each query.

    `accepted` and `correct` have shape (queries, k), `answerable`, which says what queries have a
    right product, (queries,). One without is an error when it is accepted.
    """
    queries, products = len(accepted), accepted.sum(axis=1)
    chosen = products > 0
    count = int(chosen.sum())
    wrong = (accepted & ~correct).sum(axis=1)[chosen] / products[chosen]
    errors = float(wrong.sum())
    right = count - errors
    low, _ = share_interval(math.floor(right), count, INTERVAL_CONFIDENCE)
    _, high = share_interval(math.ceil(right), count, INTERVAL_CONFIDENCE)
    return Realised(
        accepted=count,
        errors=int(errors) if products.max(initial=0) <= 1 else errors,
        unanswerable=int((chosen & ~answerable).sum()),
        automation_coverage=count / queries if queries else 0.0,
        automation_coverage_interval=share_interval(count, queries, INTERVAL_CONFIDENCE),
        precision=right / count if count else None,
        precision_interval=(low, high),
    )
