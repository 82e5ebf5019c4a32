"""Exact search: every product is compared with every query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import faiss
import numpy as np
import numpy.typing as npt

from models.encoder import FloatMatrix
from models.index.base import Rows
from models.index.faiss_index import FaissIndex

# FAISS scans product by product, which is best for a few queries; from here on one matrix
# product is faster (measured with 13,000 x 256: equal at 4 queries, 4 times faster at 32).
MATRIX_PRODUCT_FROM = 5


class FlatIndex(FaissIndex):
    """Exact inner products of float32 vectors."""

    kind: ClassVar[str] = "flat"

    @classmethod
    def empty(cls, dimension: int) -> FlatIndex:
        """Return an index without products."""
        return cls(faiss.IndexFlatIP(dimension))

    @property
    def parameters(self) -> Mapping[str, float]:
        """Return nothing: an exact search has no parameters."""
        return {}

    def _nearest(self, vectors: FloatMatrix, count: int) -> tuple[FloatMatrix, Rows]:
        if len(vectors) < MATRIX_PRODUCT_FROM:
            positions = self._index.search(vectors, count)[1]
        else:
            positions = _largest(vectors @ self._matrix().T, count)
        return self._scores(vectors, positions), positions

    def _scores(self, vectors: FloatMatrix, positions: Rows) -> FloatMatrix:
        """Return inner products computed pair by pair, so that they do not depend on the batch."""
        scores = np.empty(positions.shape, dtype=np.float32)
        queries, count = positions.shape
        self._index.compute_distance_subset(
            queries,
            faiss.swig_ptr(vectors),
            count,
            faiss.swig_ptr(scores),
            faiss.swig_ptr(positions),
        )
        return scores

    def _matrix(self) -> FloatMatrix:
        """Return the stored vectors without copying them; valid until the index changes."""
        total = self._index.ntotal
        flat: Any = faiss.rev_swig_ptr(self._index.get_xb(), total * self.dimension)
        matrix: FloatMatrix = flat.reshape(total, self.dimension)
        return matrix

    def _forget(self, gone: npt.NDArray[np.bool_]) -> None:
        # The vectors behind a removed one move up, as do their rows.
        self._index.remove_ids(np.flatnonzero(gone))
        self._row_at = self._row_at[~gone]


def _largest(scores: FloatMatrix, count: int) -> Rows:
    """Return the columns of the `count` largest scores of each row, in no particular order."""
    columns = scores.shape[1]
    if count == columns:
        return np.tile(np.arange(columns, dtype=np.int64), (len(scores), 1))
    largest = np.argpartition(scores, columns - count, axis=1)[:, columns - count :]
    return np.ascontiguousarray(largest, dtype=np.int64)
