"""Search that looks at products and at training queries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.encoder import FloatMatrix
from models.errors import DataError
from models.index.base import Neighbours, Rows, VectorIndex
from models.index.ranking import NO_ROW, first, ranked
from models.memory.formulas import log_sums, own_part, votes
from models.memory.settings import MemorySettings

# Bounds the memory of one call: all pairs of so many queries and their candidates.
QUERIES_AT_ONCE = 256


@dataclass(frozen=True, slots=True, eq=False)
class QueryMemory:
    """Training queries, and the products that are right for each.

    Row t of `index` is training query t, and `products[offsets[t]:offsets[t + 1]]` are the
    catalogue rows of its right products.
    """

    settings: MemorySettings
    index: VectorIndex
    offsets: npt.NDArray[np.int64]
    products: npt.NDArray[np.int32]

    def __post_init__(self) -> None:
        """Raise DataError when the parts do not fit each other."""
        if len(self.offsets) != len(self.index) + 1 or self.offsets[-1] != len(self.products):
            raise DataError(
                f"a memory of {len(self.index)} queries has {len(self.offsets)} offsets, the last"
                f" being {self.offsets[-1]}, for {len(self.products)} products"
            )

    def search(self, catalogue: VectorIndex, embeddings: FloatMatrix, k: int) -> Neighbours:
        """Return the k best products of each query by the mixed score.

        A product's score depends neither on k nor on the queries beside it.
        """
        starts = range(0, len(embeddings), QUERIES_AT_ONCE)
        parts = [
            self._search(catalogue, embeddings[start : start + QUERIES_AT_ONCE], k)
            for start in starts
        ]
        if not parts:
            return catalogue.search(embeddings, k)
        return Neighbours(
            np.concatenate([part.scores for part in parts]),
            np.concatenate([part.rows for part in parts]),
        )

    def _search(self, catalogue: VectorIndex, embeddings: FloatMatrix, k: int) -> Neighbours:
        # What nobody votes for keeps its order, so that the first k of it are enough.
        wanted = k if self.settings.formula == "vote" else max(k, self.settings.neighbours)
        found = catalogue.search(embeddings, wanted)
        near = self.index.search(embeddings, self.settings.neighbours)
        sums = log_sums(self.settings, found.scores, near.scores)
        voted = self._voted(near, votes(self.settings, near.scores, sums))
        queries, rows, added = _united(found.rows, *voted)
        cosines = catalogue.scores(embeddings[queries], rows).astype(np.float64)
        gone = ~np.isfinite(cosines)
        mixed = own_part(self.settings, np.where(gone, 0, cosines), sums[queries]) + added
        return _best(len(embeddings), k, queries, np.where(gone, NO_ROW, rows), mixed)

    def _voted(
        self, near: Neighbours, given: npt.NDArray[np.float64]
    ) -> tuple[Rows, Rows, npt.NDArray[np.float64]]:
        """Return query, product and vote of each right product of each neighbour, flat."""
        queries, columns = np.nonzero(near.rows >= 0)
        remembered = near.rows[queries, columns]
        starts, stops = self.offsets[remembered], self.offsets[remembered + 1]
        lengths = stops - starts
        ends = np.cumsum(lengths)
        places = np.arange(lengths.sum()) + np.repeat(starts - (ends - lengths), lengths)
        return (
            np.repeat(queries, lengths),
            self.products[places].astype(np.int64),
            np.repeat(given[queries, columns], lengths),
        )


def _united(
    found: Rows, queries: Rows, rows: Rows, given: npt.NDArray[np.float64]
) -> tuple[Rows, Rows, npt.NDArray[np.float64]]:
    """Return query, product and sum of votes of each distinct pair, ordered by query and row."""
    finders, columns = np.nonzero(found >= 0)
    both = np.concatenate([finders, queries])
    products = np.concatenate([found[finders, columns], rows])
    width = int(products.max(initial=0)) + 1
    keys, pair = np.unique(both * width + products, return_inverse=True)
    weights = np.concatenate([np.zeros(len(finders)), given])
    added = np.bincount(pair, weights, minlength=len(keys)).astype(np.float64)
    return keys // width, keys % width, added


def _best(
    count: int, k: int, queries: Rows, rows: Rows, scores: npt.NDArray[np.float64]
) -> Neighbours:
    """Return the k best of flat pairs that are ordered by query."""
    candidates = np.bincount(queries, minlength=count)
    column = np.arange(len(queries)) - np.repeat(np.cumsum(candidates) - candidates, candidates)
    shape = (count, int(candidates.max(initial=0)))
    padded_rows = np.full(shape, NO_ROW, dtype=np.int64)
    padded_scores = np.full(shape, -np.inf, dtype=np.float32)
    padded_rows[queries, column], padded_scores[queries, column] = rows, scores
    return first(ranked(padded_scores, padded_rows), k)
