"""Taking products out of the answers before they are ranked.

Some pairs are neither right nor wrong: in the Extreme Classification Repository those that are the
reverse of a training pair, and in shopping baskets a product as the answer to itself. They are
taken out before anything is measured or a threshold is chosen: kept, such a pair would be the most
confident error one can have.
"""

from __future__ import annotations

import numpy as np

from models.errors import DataError
from models.index.base import Neighbours
from training.data.dataset import Relevance
from training.evaluation.ranking import hits


def search_depth(k: int, filtered: Relevance | None) -> int:
    """Return how many products to search for, so that k are left for every query."""
    if filtered is None or not filtered.nnz:
        return k
    return k + int(np.diff(filtered.indptr).max())


def drop_filtered(found: Neighbours, filtered: Relevance | None, k: int) -> Neighbours:
    """Return the best k products of each query, without those filtered for it, in the same order.

    `found` holds `search_depth(k, filtered)` products per query, or as many as there are. A place
    that nothing is left for has row -1 and score -inf. Raise DataError when the lists are too short
    to be sure of the best k, or are not of the filtered queries.
    """
    if filtered is None:
        return Neighbours(found.scores[:, :k], found.rows[:, :k])
    _check(found, filtered, k)
    dropped = hits(found, filtered)
    order = np.argsort(dropped, axis=1, kind="stable")[:, :k]
    gone = np.take_along_axis(dropped, order, axis=1)
    scores = np.take_along_axis(found.scores, order, axis=1)
    rows = np.take_along_axis(found.rows, order, axis=1)
    return Neighbours(
        np.where(gone, np.float32(-np.inf), scores),
        np.where(gone, -1, rows),
    )


def _check(found: Neighbours, filtered: Relevance, k: int) -> None:
    queries, depth = found.rows.shape
    if filtered.shape[0] != queries:
        raise DataError(f"answers of {queries} queries, but filters of {filtered.shape[0]}")
    needed = min(search_depth(k, filtered), filtered.shape[1])
    if depth < needed:
        raise DataError(
            f"{needed} products per query must be searched for to keep {k}, {depth} were"
        )
