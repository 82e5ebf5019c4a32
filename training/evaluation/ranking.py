"""Precision and recall of the ranked products.

A query without a right product in the catalogue (open set) has no hit. It counts as an error in
precision, and is left out of recall, which asks what was found of what could be found.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.errors import DataError
from models.index.base import Neighbours
from training.data.dataset import Relevance


def hits(found: Neighbours, relevance: Relevance) -> npt.NDArray[np.bool_]:
    """Return, as (queries, k), whether each found product is right; a missing one (-1) is not."""
    count, k = found.rows.shape
    exists = found.rows >= 0
    rows = np.where(exists, found.rows, 0).ravel()
    right = np.asarray(relevance[np.repeat(np.arange(count), k), rows])
    return right.reshape(count, k).astype(np.bool_) & exists


def precision_at(hit: npt.NDArray[np.bool_], k: int) -> float:
    """Return P@k: the mean share of right products among the first k (docs/method.md, Measures).

    Raise DataError when fewer than k products were found.
    """
    if hit.shape[1] < k:
        raise DataError(f"P@{k} needs {k} products per query, {hit.shape[1]} were found")
    return float(hit[:, :k].mean())


def recall_at(hit: npt.NDArray[np.bool_], relevance: Relevance, k: int) -> float | None:
    """Return R@k: the mean share of a query's right products that are among its first k.

    Over the queries that have a right product; None when none has, or fewer than k were found.
    """
    right = np.diff(relevance.indptr)
    answerable = right > 0
    if hit.shape[1] < k or not answerable.any():
        return None
    return float((hit[answerable, :k].sum(axis=1) / right[answerable]).mean())
