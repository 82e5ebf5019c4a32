"""Ranked lists and what is right, drawn by Hypothesis."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from models.index.base import Neighbours
from training.data.dataset import Relevance, relevance_matrix

PRODUCTS = 6
Lists = tuple[Neighbours, Relevance]

_queries = st.lists(
    st.tuples(st.permutations(range(PRODUCTS)), st.sets(st.integers(0, PRODUCTS - 1))),
    min_size=1,
    max_size=20,
)


def neighbours(rows: np.ndarray) -> Neighbours:
    """Return falling scores, the same for each query."""
    scores = np.tile(np.linspace(0.9, 0.1, rows.shape[1], dtype=np.float32), (len(rows), 1))
    return Neighbours(scores, rows)


def _lists(queries: list[tuple[list[int], set[int]]]) -> Lists:
    rows = np.array([order for order, _ in queries])
    return neighbours(rows), relevance_matrix([right for _, right in queries], PRODUCTS)


lists = _queries.map(_lists)
