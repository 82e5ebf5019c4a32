"""Turn raw search results into ordered neighbours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.encoder import FloatMatrix
from models.index.base import SCORE_DECIMALS, Neighbours, Rows

NO_ROW = -1


def ranked(scores: FloatMatrix, rows: Rows) -> Neighbours:
    """Return neighbours of the same shape, rounded and ordered: best first, then smaller row.

    `scores` and `rows` are (queries, n); entries with a negative row are absent and go last.
    """
    absent = rows < 0
    rounded = np.where(absent, -np.inf, np.round(scores, SCORE_DECIMALS)).astype(np.float32)
    present_rows = np.where(absent, NO_ROW, rows)
    order = np.lexsort((present_rows, -rounded), axis=1)
    return Neighbours(
        np.take_along_axis(rounded, order, axis=1), np.take_along_axis(present_rows, order, axis=1)
    )


def first(neighbours: Neighbours, k: int) -> Neighbours:
    """Return the first k columns, padded with row -1 and score -inf where there are fewer."""
    queries, found = neighbours.rows.shape
    scores = np.full((queries, k), -np.inf, dtype=np.float32)
    rows = np.full((queries, k), NO_ROW, dtype=np.int64)
    kept = min(k, found)
    scores[:, :kept] = neighbours.scores[:, :kept]
    rows[:, :kept] = neighbours.rows[:, :kept]
    return Neighbours(scores, rows)


def settled(neighbours: Neighbours, k: int, *, ties: bool = True) -> npt.NDArray[np.bool_]:
    """Return for each query whether a wider search could not change its first k neighbours.

    It could when fewer than k were present among those found, or, where `ties` matter, when the
    last one found ties with the k-th: a product with a smaller row may then have been left out.
    """
    if neighbours.rows.shape[1] < k:
        return np.zeros(len(neighbours.rows), dtype=np.bool_)
    enough: npt.NDArray[np.bool_] = neighbours.rows[:, k - 1] >= 0
    if not ties:
        return enough
    return enough & (neighbours.scores[:, k - 1] > _last_present(neighbours))


def _last_present(neighbours: Neighbours) -> FloatMatrix:
    lowest = np.where(neighbours.rows >= 0, neighbours.scores, np.float32(np.inf))
    result: FloatMatrix = lowest.min(axis=1)
    return result
