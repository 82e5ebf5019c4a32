from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from models.catalogue import Catalogue, Product
from models.encoder import Flags, FloatMatrix
from models.index.flat import FlatIndex
from models.runtime import Runtime
from training.data.dataset import Dataset, relevance_matrix
from training.evaluation.search import answers, tfidf_answers

# Query 0 must lose products 4 and 2, query 1 nothing, query 2 product 5.
FILTERED = relevance_matrix([(2, 4), (), (5,)], 6)


class OneEmbedding:
    """Encodes all texts alike."""

    dimension = 2

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        return np.tile(np.array([[1, 0]], dtype=np.float32), (len(texts), 1))

    def truncated(self, texts: Sequence[str]) -> Flags:
        return np.zeros(len(texts), dtype=np.bool_)

    def save(self, directory: Path) -> None:
        """Have nothing to write."""


def test_a_served_model_is_asked_for_enough() -> None:
    """All embeddings are one: the products come in the order of their rows."""
    texts = ("one", "two", "three")
    products = tuple(Product(str(row), str(row)) for row in range(6))
    nothing = relevance_matrix([(), (), ()], 6)
    queries = Dataset(texts, ("",) * 3, ("",) * 3, products, nothing, FILTERED)
    index = FlatIndex.empty(2)
    index.add(np.arange(6), OneEmbedding().encode(["product"] * 6))
    runtime = Runtime(OneEmbedding(), index, Catalogue(products))

    assert answers(runtime, queries, 3).rows.tolist() == [[0, 1, 3], [0, 1, 2], [0, 1, 2]]


def test_the_baseline_is_asked_for_enough() -> None:
    products = (Product("a", "red lamp"), Product("b", "lamp"), Product("c", "chair"))
    nothing = relevance_matrix([()], 3)
    filtered = relevance_matrix([(0,)], 3)
    queries = Dataset(("red lamp",), ("",), ("",), products, nothing, filtered)

    assert tfidf_answers(queries, queries, 1).rows.tolist() == [[1]]
    whole = replace(queries, filtered=None)
    assert tfidf_answers(whole, queries, 1).rows.tolist() == [[0]]
