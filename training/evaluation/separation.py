"""How far the scores of right products lie above those of wrong ones, over all queries together.

Within a query only the order matters; a threshold compares scores of *different* queries, so what
it needs is that the right scores of all queries lie above the hardest wrong scores of all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.encoder import FloatMatrix
from models.errors import DataError
from training.data.dataset import Relevance

Scores = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int64]

QUERY_BLOCK = 256
PRODUCT_BLOCK = 65_536
EDGES = np.linspace(-1.0, 1.0, 101)


@dataclass(frozen=True, slots=True)
class ScoreBlock:
    """Scores (queries, products) of consecutive queries and products, from these rows on."""

    first_query: int
    first_product: int
    scores: FloatMatrix


@dataclass(frozen=True, slots=True, eq=False)
class Separation:
    """Per query, the score of its best right product and of its best wrong one, its hardest.

    Both have shape (queries,); -inf where a query has no such product.
    """

    right: Scores
    wrong: Scores


@dataclass(frozen=True, slots=True)
class ScoreHistogram:
    """Counts of queries by score, in bins of equal width over [-1, 1].

    `right_above_wrong` is the chance that the best right score of a random query exceeds the
    hardest wrong score of a random query, ties counted half; None where there are no such scores.
    """

    name: str
    right: tuple[int, ...]
    wrong: tuple[int, ...]
    right_above_wrong: float | None


def embedding_blocks(queries: FloatMatrix, products: FloatMatrix) -> Iterator[ScoreBlock]:
    """Yield the cosines of unit vectors (queries, d) and (products, d), never all at once."""
    for first_query in range(0, len(queries), QUERY_BLOCK):
        asked = queries[first_query : first_query + QUERY_BLOCK]
        for first_product in range(0, len(products), PRODUCT_BLOCK):
            some = products[first_product : first_product + PRODUCT_BLOCK]
            yield ScoreBlock(first_query, first_product, asked @ some.T)


def separation(
    blocks: Iterable[ScoreBlock], relevance: Relevance, filtered: Relevance | None = None
) -> Separation:
    """Return the best right and the best wrong score of each query; the blocks cover all pairs.

    `filtered` pairs are neither (training/evaluation/filters.py). Raise DataError for a
    score that is not a number.
    """
    right = np.full(relevance.shape[0], -np.inf, dtype=np.float32)
    wrong = right.copy()
    for block in blocks:
        height, width = block.scores.shape
        queries = slice(block.first_query, block.first_query + height)
        products = slice(block.first_product, block.first_product + width)
        if np.isnan(block.scores).any():
            raise DataError(
                f"scores of the queries {queries.start} to {queries.stop - 1} are not numbers"
            )
        inside = relevance[queries, products].toarray()
        best_right = np.where(inside, block.scores, -np.inf).max(axis=1)
        if filtered is not None:
            inside |= filtered[queries, products].toarray()
        best_wrong = np.where(inside, -np.inf, block.scores).max(axis=1)
        right[queries] = np.maximum(right[queries], best_right)
        wrong[queries] = np.maximum(wrong[queries], best_wrong)
    return Separation(right, wrong)


def score_histogram(name: str, scores: Separation) -> ScoreHistogram:
    """Return how the scores of this model are spread; scores beyond [-1, 1] count at the ends."""
    right = scores.right[np.isfinite(scores.right)]
    wrong = scores.wrong[np.isfinite(scores.wrong)]
    return ScoreHistogram(name, _counts(right), _counts(wrong), _chance_of_exceeding(right, wrong))


def _counts(scores: Scores) -> tuple[int, ...]:
    counts, _ = np.histogram(np.clip(scores, -1, 1), EDGES)
    return tuple(counts.tolist())


def _chance_of_exceeding(right: Scores, wrong: Scores) -> float | None:
    if not len(right) or not len(wrong):
        return None
    ordered = np.sort(wrong)
    below = np.searchsorted(ordered, right, side="left")
    up_to = np.searchsorted(ordered, right, side="right")
    return float((below + up_to).mean() / 2 / len(wrong))
