"""Graph search: the alternative where quantisation does not reach the recall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import faiss

from models.encoder import FloatMatrix
from models.index.base import Rows
from models.index.faiss_index import FaissIndex

NEIGHBOURS = 32
BUILD_WIDTH = 200


class HnswIndex(FaissIndex):
    """A hierarchical graph over float32 vectors; scores are exact inner products."""

    kind: ClassVar[str] = "hnsw"

    def __init__(self, index: faiss.Index, row_at: Rows | None = None, *, ef_search: int) -> None:
        """Wrap a FAISS HNSW index."""
        super().__init__(index, row_at)
        self._ef_search = int(ef_search)

    @classmethod
    def empty(cls, dimension: int, seed: int, *, ef_search: int = 128) -> HnswIndex:
        """Return an index without products."""
        index = faiss.IndexHNSWFlat(dimension, NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = BUILD_WIDTH
        index.hnsw.rng = faiss.RandomGenerator(seed)
        return cls(index, ef_search=ef_search)

    @property
    def parameters(self) -> Mapping[str, float]:
        """Return the width of the search."""
        return {"ef_search": self._ef_search}

    def with_ef_search(self, ef_search: int) -> HnswIndex:
        """Return the same index, not copied, searched with another width."""
        return HnswIndex(self._index, self._row_at, ef_search=ef_search)

    def _nearest(self, vectors: FloatMatrix, count: int) -> tuple[FloatMatrix, Rows]:
        # A search narrower than its result would return fewer neighbours than exist.
        width = max(self._ef_search, count)
        parameters = faiss.SearchParametersHNSW(efSearch=width)
        scores, positions = self._index.search(vectors, count, params=parameters)
        return scores, positions
