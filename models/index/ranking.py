"""Turn raw search results into ordered neighbours."""

from __future__ import annotations

from typing import Any

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
    return taken(Neighbours(rounded, present_rows), order)


def first(neighbours: Neighbours, k: int) -> Neighbours:
    """Return the first k columns, padded with row -1 and score -inf where there are fewer."""
    probabilities = neighbours.probabilities
    return Neighbours(
        _widened(neighbours.scores, k, -np.inf),
        _widened(neighbours.rows, k, NO_ROW),
        None if probabilities is None else _widened(probabilities, k, np.nan),
    )


def taken(neighbours: Neighbours, columns: Rows) -> Neighbours:
    """Return, of each query, what is in these columns (queries, n), in their order."""
    probabilities = neighbours.probabilities
    cells = (np.arange(len(columns))[:, None], columns)
    return Neighbours(
        neighbours.scores[cells],
        neighbours.rows[cells],
        None if probabilities is None else probabilities[cells],
    )


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


def _widened(values: npt.NDArray[Any], k: int, absent: float) -> npt.NDArray[Any]:
    wide = np.full((len(values), k), absent, dtype=values.dtype)
    kept = values[:, :k]
    wide[:, : kept.shape[1]] = kept
    return wide
