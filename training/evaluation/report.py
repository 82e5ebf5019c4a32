"""The numbers of one model on the test queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.calibration.evidence import Flags
from models.index.base import Neighbours
from models.thresholds import Promise
from training.data.dataset import Relevance
from training.evaluation.coverage import (
    PrecisionCoverage,
    Realised,
    highest_possible_coverage,
    oracle_coverage,
    precision_coverage,
    realised,
)
from training.evaluation.ranking import hits, precision_at, recall_at

TARGETS = (0.90, 0.95, 0.98)
SEVERAL = 5


@dataclass(frozen=True, slots=True)
class OracleCoverage:
    """C@1 at a target precision, the threshold being chosen on the test labels themselves."""

    target_precision: float
    coverage: float
    highest_possible: float


@dataclass(frozen=True, slots=True)
class CalibratedCoverage:
    """What a certified threshold did on the test queries."""

    promise: Promise
    realised: Realised


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Results of one model on `queries`, of which `answerable` have a right product.

    `precision_at_5` is None where no query has several right products: with one each it could not
    exceed 0.2. `recall_at_10` is over the answerable queries. Both are None where fewer products
    than that were found.
    """

    name: str
    queries: int
    answerable: int
    precision_at_1: float
    precision_at_5: float | None
    recall_at_10: float | None
    oracle: tuple[OracleCoverage, ...]
    calibrated: tuple[CalibratedCoverage, ...]
    curve: PrecisionCoverage


def top_1_correct(found: Neighbours, relevance: Relevance) -> Flags:
    """Return, per query, whether the best product is right; False when no product is."""
    correct: Flags = hits(found, relevance)[:, 0]
    return correct


def evaluate(
    name: str, found: Neighbours, relevance: Relevance, promises: Sequence[Promise]
) -> Evaluation:
    """Return the results of the products found for the queries of `relevance`.

    Queries without any right product (open set) stay in all numbers: accepted, they are errors.
    """
    hit = hits(found, relevance)
    correct, scores = hit[:, 0], found.scores[:, 0]
    curve = precision_coverage(scores, correct)
    accuracy = precision_at(hit, 1)
    right = np.diff(relevance.indptr)
    answerable = right > 0
    several = right.max() > 1 and hit.shape[1] >= SEVERAL
    return Evaluation(
        name=name,
        queries=len(hit),
        answerable=int(answerable.sum()),
        precision_at_1=accuracy,
        precision_at_5=precision_at(hit, SEVERAL) if several else None,
        recall_at_10=recall_at(hit, relevance, 10),
        oracle=tuple(
            OracleCoverage(
                target,
                oracle_coverage(curve, target),
                highest_possible_coverage(accuracy, target),
            )
            for target in TARGETS
        ),
        calibrated=tuple(
            CalibratedCoverage(promise, realised(scores, correct, answerable, promise.threshold))
            for promise in promises
        ),
        curve=curve,
    )
