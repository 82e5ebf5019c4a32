"""How near a query is to the training queries of each candidate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.decider.runs import runs_of
from models.encoder import FloatMatrix
from models.index.base import SCORE_DECIMALS, Rows

_STEPS = 127  # of an 8-bit number, to either side of 0


@dataclass(frozen=True, slots=True, eq=False)
class KnownQueries:
    """Training queries by product: those of row p are vectors `offsets[p]` to `offsets[p + 1]`.

    A query's embedding is its row of `vectors` times its number in `scales`: 8 bits a dimension
    move a cosine by less than 0.005, take a quarter of the memory and are quickly gathered.
    `counts` says how many training queries a product had, of which not all need be kept. The last
    row, which -1 finds, is no product and has none.
    """

    vectors: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float32]
    offsets: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int32]

    def __len__(self) -> int:
        """Return the number of products."""
        return len(self.counts) - 1

    @property
    def dimension(self) -> int:
        """Return the length of an embedding."""
        return int(self.vectors.shape[1])

    def best_cosines(self, embeddings: FloatMatrix, rows: Rows) -> FloatMatrix:
        """Return the highest cosine of each query with the kept queries of each candidate.

        `rows` is (queries, k), as is the result: NaN where a product has none, or is no candidate.
        """
        runs = runs_of(self.offsets, rows)
        cosines = self._cosines(embeddings, runs.places, runs.ends.reshape(rows.shape)[:, -1])
        best = np.full(rows.size, np.nan, np.float32)
        has = runs.lengths.nonzero()[0]
        if len(has):
            best[has] = np.maximum.reduceat(cosines, (runs.ends - runs.lengths)[has])
        return best.reshape(rows.shape)

    def counts_of(self, rows: Rows) -> FloatMatrix:
        """Return how many training queries each candidate had (queries, k); 0 for no candidate."""
        return self.counts[rows].astype(np.float32)

    def _cosines(self, embeddings: FloatMatrix, places: Rows, stops: Rows) -> FloatMatrix:
        """Return the cosine of each place's vector with the query that it is compared with.

        Those of query i end at `stops[i]`. One small product a query stays in the cache: it is five
        times as fast as a gather for all of them.
        """
        cosines = np.empty(len(places), np.float32)
        start = 0
        for embedding, stop in zip(embeddings, stops.tolist(), strict=True):
            vectors = self.vectors.take(places[start:stop], axis=0).astype(np.float32)
            np.matmul(vectors, embedding, out=cosines[start:stop])
            start = stop
        cosines *= self.scales.take(places)
        return cosines.round(SCORE_DECIMALS)


def build_known_queries(
    embeddings: FloatMatrix,
    offsets: npt.NDArray[np.integer[Any]],
    counts: npt.NDArray[np.integer[Any]],
) -> KnownQueries:
    """Return the training queries with these embeddings, which are in the order of their products.

    Those of product p are `embeddings[offsets[p]:offsets[p + 1]]`; `counts` has one per product.
    """
    highest = np.abs(embeddings).max(axis=1, initial=0)
    scales = (np.where(highest > 0, highest, 1) / _STEPS).astype(np.float32)
    vectors = np.round(embeddings / scales[:, None]).astype(np.int8)
    return KnownQueries(
        vectors,
        scales,
        np.append(offsets, offsets[-1]).astype(np.int64),
        np.append(counts, 0).astype(np.int32),
    )
