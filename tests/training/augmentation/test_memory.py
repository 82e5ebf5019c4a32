from __future__ import annotations

import numpy as np

from models.memory.settings import MemorySettings
from tests.models.memory.memories import flat, unit_vectors
from training.augmentation.memory import build_memory, distinct_queries
from training.data.dataset import relevance_matrix

TEXTS = ("tv", "oven", "tv", "fridge")
RELEVANCE = relevance_matrix([[0], [1], [0, 3], [2]], 4)


def test_equal_texts_are_one_query_with_all_their_products() -> None:
    distinct = distinct_queries(TEXTS, RELEVANCE)

    assert distinct.rows.tolist() == [0, 1, 3]
    expected = [[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0]]
    assert distinct.relevance.toarray().astype(int).tolist() == expected


def test_a_query_of_the_training_finds_its_products_whatever_their_vectors() -> None:
    embeddings = unit_vectors(4, seed=0)
    embeddings[2] = embeddings[0]
    settings = MemorySettings(weight=1.0, neighbours=1)

    memory, report = build_memory(TEXTS, embeddings, RELEVANCE, settings, seed=0)

    assert len(memory.index) == 3
    assert (report.kind, report.products, report.recall_at_10) == ("flat", 3, 1.0)
    found = memory.search(flat(unit_vectors(4, seed=1)), embeddings[:1], 2)
    assert found.rows.tolist() == [[0, 3]]
    assert np.allclose(found.scores, 1, atol=1e-6)
