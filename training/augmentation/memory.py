"""Make the memory of training queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from models.encoder import FloatMatrix
from models.index.build import IndexReport, build_index
from models.memory.memory import QueryMemory
from models.memory.settings import MemorySettings
from training.data.dataset import Relevance, Rows

INDEX_SAMPLE = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class DistinctQueries:
    """Queries of which no two have the same text, each with the right products of all of those.

    `rows` says where each is first found.
    """

    rows: Rows
    relevance: Relevance


def distinct_queries(texts: Sequence[str], relevance: Relevance) -> DistinctQueries:
    """Return the distinct texts in order; copies of one text must not outvote all others."""
    number: dict[str, int] = {}
    group = np.array([number.setdefault(text, len(number)) for text in texts], dtype=np.int64)
    first = np.unique(group, return_index=True)[1]
    ones = np.ones(len(group), dtype=np.bool_)
    member = sparse.csr_array((ones, (group, np.arange(len(group)))))
    return DistinctQueries(first.astype(np.int64), sparse.csr_array(member @ relevance))


def build_memory(
    texts: Sequence[str],
    embeddings: FloatMatrix,
    relevance: Relevance,
    settings: MemorySettings,
    *,
    seed: int,
) -> tuple[QueryMemory, IndexReport]:
    """Return the memory of these queries, and how its index was chosen: as that of the products is.

    Up to 50,000 queries are kept in float32, more in float16 beside 4-bit codes
    (`models.index.build`).
    """
    distinct = distinct_queries(texts, relevance)
    vectors = embeddings[distinct.rows]
    index, report = build_index(vectors, vectors, seed=seed, sample=INDEX_SAMPLE)
    memory = QueryMemory(
        settings,
        index,
        distinct.relevance.indptr.astype(np.int64),
        distinct.relevance.indices.astype(np.int32),
    )
    return memory, report
