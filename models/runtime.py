"""The served path from text to candidates; calibration and service both go through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.catalogue import Catalogue
from models.decider.decider import Attributes, Decider
from models.encoder import Encoder, FloatMatrix
from models.index.base import Neighbours, VectorIndex
from models.index.ranking import first
from models.memory.memory import QueryMemory


@dataclass(frozen=True, slots=True)
class Runtime:
    """Encoder, index and catalogue of one bundle, its memory of training queries and its decider.

    The last two may be absent: then products are searched alone, and the score decides.
    """

    encoder: Encoder
    index: VectorIndex
    catalogue: Catalogue
    memory: QueryMemory | None = None
    decider: Decider | None = None

    def candidates(
        self, texts: Sequence[str], k: int, attributes: Sequence[Attributes] | None = None
    ) -> Neighbours:
        """Return the k best products of each text; see `Neighbours` for shapes and order.

        `attributes` are what else is known of each query, by name.
        """
        embeddings = self.encoder.encode(texts)
        found = self.nearest(embeddings, self.depth(k))
        return first(self.decided(texts, attributes, embeddings, found), k)

    def depth(self, k: int) -> int:
        """Return how many products to search for, for k to be right: the decider's candidates."""
        return k if self.decider is None else max(k, self.decider.candidates)

    def nearest(self, embeddings: FloatMatrix, k: int) -> Neighbours:
        """Return the k products of already encoded queries that score highest."""
        if self.memory is not None:
            return self.memory.search(self.index, embeddings, k)
        return self.index.search(embeddings, k)

    def decided(
        self,
        texts: Sequence[str],
        attributes: Sequence[Attributes] | None,
        embeddings: FloatMatrix,
        found: Neighbours,
    ) -> Neighbours:
        """Return what was found as the decider orders it; unchanged where there is none."""
        if self.decider is None:
            return found
        return self.decider.decide(texts, attributes or [{}] * len(texts), embeddings, found)
