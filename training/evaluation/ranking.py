"""Precision, recall, nDCG and propensity-scored precision of the ranked products.

A query without a right product in the catalogue (open set) has no hit. It counts as an error in
precision, and is left out of the others, which ask what was found of what could be found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.errors import DataError
from models.index.base import Neighbours
from training.data.dataset import Relevance
from training.evaluation.propensity import Weights

Hits = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RankingAt:
    """Measures of the first k products, all in [0, 1].

    All but the precision are None where no query has a right product; the propensity-scored one
    also where no propensities are known.
    """

    k: int
    precision: float
    recall: float | None
    ndcg: float | None
    propensity_scored_precision: float | None


def ranking_at(
    found: Neighbours, relevance: Relevance, k: int, inverse_propensities: Weights | None
) -> RankingAt:
    """Return the measures at k; raise DataError when the lists end before k.

    Lists of the whole catalogue may be shorter: the places beyond it count as wrong.
    """
    hit = hits(found, relevance)
    if hit.shape[1] >= relevance.shape[1]:
        hit = padded(hit, k)
    scored = None
    if inverse_propensities is not None:
        scored = propensity_scored_precision_at(found, relevance, k, inverse_propensities)
    return RankingAt(
        k=k,
        precision=precision_at(hit, k),
        recall=recall_at(hit, relevance, k),
        ndcg=ndcg_at(hit, relevance, k),
        propensity_scored_precision=scored,
    )


def hits(found: Neighbours, relevance: Relevance) -> Hits:
    """Return, as (queries, k), whether each found product is right; a missing one (-1) is not."""
    count, k = found.rows.shape
    exists = found.rows >= 0
    rows = np.where(exists, found.rows, 0).ravel()
    right = np.asarray(relevance[np.repeat(np.arange(count), k), rows])
    return right.reshape(count, k).astype(np.bool_) & exists


def padded(hit: Hits, k: int) -> Hits:
    """Return at least k columns, the added ones without a hit."""
    missing = max(0, k - hit.shape[1])
    return np.pad(hit, ((0, 0), (0, missing)))


def precision_at(hit: Hits, k: int) -> float:
    """Return P@k: the mean share of right products among the first k (docs/method.md, Measures).

    Raise DataError when fewer than k products were found.
    """
    if hit.shape[1] < k:
        raise DataError(f"P@{k} needs {k} products per query, {hit.shape[1]} were found")
    return float(hit[:, :k].mean())


def recall_at(hit: Hits, relevance: Relevance, k: int) -> float | None:
    """Return R@k: the mean share of a query's right products that are among its first k.

    Over the queries that have a right product; None when none has, or fewer than k were found.
    """
    right = np.diff(relevance.indptr)
    answerable = right > 0
    if hit.shape[1] < k or not answerable.any():
        return None
    return float((hit[answerable, :k].sum(axis=1) / right[answerable]).mean())


def ndcg_at(hit: Hits, relevance: Relevance, k: int) -> float | None:
    """Return nDCG@k: hits discounted by log2(rank + 1), as a share of the best order's.

    Jarvelin & Kekalainen (2002), with equal gains. None as in `recall_at`.
    """
    right = np.diff(relevance.indptr)
    answerable = right > 0
    if hit.shape[1] < k or not answerable.any():
        return None
    discounts = 1 / np.log2(np.arange(2, k + 2))
    best = np.cumsum(discounts)[np.minimum(right[answerable], k) - 1]
    # The sum of all discounts may differ from their cumulative sum in the last digit.
    return float(np.minimum(hit[answerable, :k] @ discounts / best, 1).mean())


def propensity_scored_precision_at(
    found: Neighbours, relevance: Relevance, k: int, inverse_propensities: Weights
) -> float | None:
    """Return PSP@k: the inverse propensities of all hits, as a share of the highest possible sum.

    Jain et al. (KDD 2016); normalised over all queries together, as pyxclib does. None when no
    query has a right product.
    """
    if not relevance.nnz:
        return None
    rows = found.rows[:, :k]
    hit = hits(found, relevance)[:, :k]
    reached = inverse_propensities[rows[hit]].sum()
    return float(min(1.0, reached / _highest_sum(relevance, k, inverse_propensities)))


def _highest_sum(relevance: Relevance, k: int, weights: Weights) -> float:
    """Return the sum over queries of the k largest weights of their right products."""
    queries = np.repeat(np.arange(relevance.shape[0]), np.diff(relevance.indptr))
    right = weights[relevance.indices]
    order = np.lexsort((-right, queries))
    # Within a query the stored places keep their order, so a place's rank is its distance to the
    # query's first.
    rank = np.arange(relevance.nnz) - relevance.indptr[queries]
    return float(right[order][rank < k].sum())
