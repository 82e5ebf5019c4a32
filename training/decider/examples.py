"""What the trees are fitted on: labelled pairs of queries and candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.decider.features.all import FEATURES, features_of
from models.decider.pairs import CatalogueSide, make_pairs
from models.encoder import FloatMatrix
from models.runtime import Runtime
from training.data.dataset import Dataset
from training.evaluation.ranking import hits
from training.evaluation.search import searched

QUERIES_AT_ONCE = 512


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Features (pairs, features) of pairs, whether each is right, and which query each is of.

    `selected` is True for the pairs of queries that were selected, as those of the review queue are
    by their low score: they may be learnt from, but their share of right pairs is not that of the
    traffic.
    """

    features: FloatMatrix
    right: npt.NDArray[np.bool_]
    queries: npt.NDArray[np.int64]
    selected: npt.NDArray[np.bool_]

    @property
    def learnable(self) -> int:
        """Return how many queries have a right candidate."""
        return len(np.unique(self.queries[self.right]))


def examples_of(
    runtime: Runtime, side: CatalogueSide, queries: Dataset, candidates: int, first: int = 0
) -> Examples:
    """Return the pairs of these queries with what the runtime's search finds for them.

    The queries are numbered from `first`.
    """
    starts = range(0, len(queries), QUERIES_AT_ONCE)
    parts = [
        _examples(
            runtime,
            side,
            queries.subset(np.arange(start, min(start + QUERIES_AT_ONCE, len(queries)))),
            candidates,
            first + start,
        )
        for start in starts
    ]
    return joined(parts)


def joined(parts: Sequence[Examples]) -> Examples:
    """Return all pairs; those of a query must be in one part, under a number of its own."""
    if not parts:
        empty = np.empty((0, len(FEATURES)), np.float32)
        return Examples(empty, np.empty(0, np.bool_), np.empty(0, np.int64), np.empty(0, np.bool_))
    return Examples(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.queries for part in parts]),
        np.concatenate([part.selected for part in parts]),
    )


def _examples(
    runtime: Runtime, side: CatalogueSide, queries: Dataset, candidates: int, first: int
) -> Examples:
    embeddings = runtime.encoder.encode(queries.texts)
    found = searched(runtime, queries, embeddings, candidates)
    pairs = make_pairs(
        queries.texts, queries.attributes or [{}] * len(queries), embeddings, found, side
    )
    there = found.rows >= 0
    numbers = np.broadcast_to(first + np.arange(len(queries))[:, None], there.shape)
    right = hits(found, queries.relevance)
    nothing = np.zeros(np.count_nonzero(there), np.bool_)
    return Examples(features_of(pairs)[there], right[there], numbers[there], nothing)
