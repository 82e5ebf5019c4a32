"""Compressed search: 4-bit product quantisation scanned in registers, then re-scored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import faiss
import numpy as np

from models.encoder import FloatMatrix
from models.index.base import Rows
from models.index.faiss_index import FaissIndex
from models.index.threads import one_thread

# The codebooks have 16 entries of 2 dimensions: more vectors than this do not improve them.
TRAINING_VECTORS = 40_000


class QuantisedIndex(FaissIndex):
    """`k_factor` times as many candidates as asked for are taken from the codes and re-scored.

    A returned score is the exact inner product of the query with the stored float16 copy of the
    product's vector. That copy differs from the float32 vector by at most one part in 2,048 per
    component, which moves a cosine by about 1e-5: calibrate through the index that is served.
    """

    kind: ClassVar[str] = "quantised"

    def __init__(self, index: faiss.Index, row_at: Rows | None = None, *, k_factor: float) -> None:
        """Wrap a trained FAISS refine index."""
        super().__init__(index, row_at)
        self._k_factor = float(k_factor)

    @classmethod
    def trained(cls, vectors: FloatMatrix, seed: int, *, k_factor: float = 20) -> QuantisedIndex:
        """Return an index without products whose codebooks fit these vectors (even dimension)."""
        dimension = vectors.shape[1]
        index = faiss.index_factory(
            dimension, f"PQ{dimension // 2}x4fs,Refine(SQfp16)", faiss.METRIC_INNER_PRODUCT
        )
        faiss.downcast_index(index.base_index).pq.cp.seed = seed
        # Thousands of tiny k-means steps: two threads took four times as long as one.
        with one_thread():
            index.train(_sampled(vectors, seed))
        return cls(index, k_factor=k_factor)

    @property
    def parameters(self) -> Mapping[str, float]:
        """Return the refinement factor."""
        return {"k_factor": self._k_factor}

    def with_k_factor(self, k_factor: float) -> QuantisedIndex:
        """Return the same index, not copied, searched with another factor."""
        return QuantisedIndex(self._index, self._row_at, k_factor=k_factor)

    def _nearest(self, vectors: FloatMatrix, count: int) -> tuple[FloatMatrix, Rows]:
        parameters = faiss.IndexRefineSearchParameters(k_factor=self._k_factor)
        scores, positions = self._index.search(vectors, count, params=parameters)
        return scores, positions


def _sampled(vectors: FloatMatrix, seed: int) -> FloatMatrix:
    if len(vectors) <= TRAINING_VECTORS:
        return np.ascontiguousarray(vectors, dtype=np.float32)
    chosen = np.random.default_rng(seed).choice(len(vectors), TRAINING_VECTORS, replace=False)
    return np.ascontiguousarray(vectors[np.sort(chosen)], dtype=np.float32)
