"""The numbers of one model on the test queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.calibration.scores import Flags
from models.index.base import Neighbours
from models.thresholds import Promise
from training.data.dataset import Relevance
from training.evaluation.background import Background
from training.evaluation.coverage import (
    PrecisionCoverage,
    area_under,
    highest_possible_coverage,
    oracle_coverage,
    precision_coverage,
)
from training.evaluation.opis import Opis, opis
from training.evaluation.promised import CalibratedCoverage, Groups, calibrated
from training.evaluation.ranking import RankingAt, hits, precision_at, ranking_at, recall_at

TARGETS = (0.80, 0.85, 0.90, 0.95, 0.98, 0.99)
RANKS = (1, 3, 5)
CANDIDATES = 10  # products that are asked for per query
REACHED = 50  # products within which the search should have the right one
SEVERAL = 5


@dataclass(frozen=True, slots=True)
class OracleCoverage:
    """C@1 at a target precision, the threshold being chosen on the test labels themselves.

    `efficiency` is C@1 as a share of the highest possible, or None when no answer is right.
    """

    target_precision: float
    coverage: float
    highest_possible: float
    efficiency: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Results of one model on `queries`, of which `answerable` have a right product.

    `precision_at_5` is None where no query has several right products: with one each it could not
    exceed 0.2. `recall_at_10` is of the answers, `recall_at_50` of the search before any decider;
    both are over the answerable queries. They are None where fewer products than that were found.

    `ranking` has the `RANKS` up to the number of products that were asked for. `opis` is None
    without groups that can be compared; it and propensities need a `Background`.
    """

    name: str
    queries: int
    answerable: int
    precision_at_1: float
    precision_at_5: float | None
    recall_at_10: float | None
    recall_at_50: float | None
    ranking: tuple[RankingAt, ...]
    oracle: tuple[OracleCoverage, ...]
    calibrated: tuple[CalibratedCoverage, ...]
    area_under_curve: float
    opis: Opis | None
    curve: PrecisionCoverage


def top_1_correct(found: Neighbours, relevance: Relevance) -> Flags:
    """Return, per query, whether the best product is right; False when no product is."""
    correct: Flags = hits(found, relevance)[:, 0]
    return correct


def evaluate(
    name: str,
    found: Neighbours,
    relevance: Relevance,
    promises: Sequence[Promise],
    known: Background | None = None,
    first_stage: Neighbours | None = None,
    groups: Groups | None = None,
) -> Evaluation:
    """Return the results of the products found for the queries of `relevance`.

    Queries without any right product (open set) stay in precision and coverage: accepted, they are
    errors. Without `known` there are no propensities and no groups. `first_stage` is what the
    search finds for the same queries, `REACHED` products of each. `groups` are those of the
    queries, for promises by group.
    """
    hit = hits(found, relevance)
    correct, scores = hit[:, 0], found.deciding[:, 0]
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
        recall_at_10=recall_at(hit, relevance, CANDIDATES),
        recall_at_50=_reached(first_stage, relevance),
        ranking=_ranking(found, relevance, known),
        oracle=tuple(_oracle(curve, accuracy, target) for target in TARGETS),
        calibrated=tuple(calibrated(one, found, hit, answerable, groups) for one in promises),
        area_under_curve=area_under(curve),
        opis=opis(found, relevance, known.groups, known.opis) if known else None,
        curve=curve,
    )


def _reached(first_stage: Neighbours | None, relevance: Relevance) -> float | None:
    if first_stage is None:
        return None
    return recall_at(hits(first_stage, relevance), relevance, REACHED)


def _ranking(
    found: Neighbours, relevance: Relevance, known: Background | None
) -> tuple[RankingAt, ...]:
    """Leave out the ranks below the last product that was asked for; the rest is not known."""
    asked, products = found.rows.shape[1], relevance.shape[1]
    weights = known.inverse_propensities if known else None
    return tuple(
        ranking_at(found, relevance, k, weights) for k in RANKS if k <= asked or products <= asked
    )


def _oracle(curve: PrecisionCoverage, accuracy: float, target: float) -> OracleCoverage:
    coverage = oracle_coverage(curve, target)
    highest = highest_possible_coverage(accuracy, target)
    # Equal quotients of integers may differ in their last digit.
    efficiency = min(1.0, coverage / highest) if highest else None
    return OracleCoverage(target, coverage, highest, efficiency)
