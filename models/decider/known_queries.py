"""How near a query is to the training queries of each candidate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.encoder import FloatMatrix
from models.index.base import SCORE_DECIMALS, Rows


@dataclass(frozen=True, slots=True, eq=False)
class KnownQueries:
    """Training queries by product: those of row p are vectors `offsets[p]` to `offsets[p + 1]`.

    `vectors` are unit vectors in 16-bit numbers. `counts` (products,) says how many training
    queries a product had, of which not all need be kept.
    """

    vectors: npt.NDArray[np.float16]
    offsets: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int32]

    def best_cosines(self, embeddings: FloatMatrix, rows: Rows) -> FloatMatrix:
        """Return the highest cosine of each query with the kept queries of each candidate.

        `rows` is (queries, k), as is the result: NaN where a product has none, or is no candidate.
        """
        flat = rows.ravel()
        starts = np.where(flat >= 0, self.offsets[flat], 0)
        lengths = np.where(flat >= 0, self.offsets[flat + 1] - starts, 0)
        best = np.full(rows.size, np.nan, np.float32)
        kept = np.flatnonzero(lengths)
        if not len(kept):
            return best.reshape(rows.shape)
        starts, lengths = starts[kept], lengths[kept]
        firsts = np.cumsum(lengths) - lengths
        places = np.arange(lengths.sum()) + np.repeat(starts - firsts, lengths)
        queries = np.repeat(kept // rows.shape[1], lengths)
        vectors = self.vectors[places].astype(np.float32)
        cosines = np.einsum("nd,nd->n", vectors, embeddings[queries]).round(SCORE_DECIMALS)
        best[kept] = np.maximum.reduceat(cosines, firsts)
        return best.reshape(rows.shape)

    def counts_of(self, rows: Rows) -> FloatMatrix:
        """Return how many training queries each candidate had (queries, k); 0 for no candidate."""
        return np.where(rows >= 0, self.counts[rows], 0).astype(np.float32)
