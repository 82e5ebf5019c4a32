"""The served path from text to candidates; calibration and service both go through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.catalogue import Catalogue
from models.encoder import Encoder, FloatMatrix
from models.index.base import Neighbours, VectorIndex
from models.memory.memory import QueryMemory


@dataclass(frozen=True, slots=True)
class Runtime:
    """Encoder, index and catalogue of one bundle, and its memory of training queries, if any."""

    encoder: Encoder
    index: VectorIndex
    catalogue: Catalogue
    memory: QueryMemory | None = None

    def candidates(self, texts: Sequence[str], k: int) -> Neighbours:
        """Return the k best products of each text; see `Neighbours` for shapes and order."""
        return self.nearest(self.encoder.encode(texts), k)

    def nearest(self, embeddings: FloatMatrix, k: int) -> Neighbours:
        """Return the k best products of already encoded queries."""
        if self.memory is not None:
            return self.memory.search(self.index, embeddings, k)
        return self.index.search(embeddings, k)
