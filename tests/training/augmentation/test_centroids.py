from __future__ import annotations

import numpy as np
import pytest

from training.augmentation.centroids import with_centroids
from training.data.dataset import relevance_matrix

PRODUCTS = np.array([[1, 0], [0, 1]], dtype=np.float32)
QUERIES = np.array([[0, 1], [0, 1], [0, -1]], dtype=np.float32)
ALL_OF_THE_FIRST = relevance_matrix([[0], [0], [0]], 2)


def test_a_vector_leans_towards_its_queries_by_hand() -> None:
    """The queries sum to (0, 1): norm(0.4 (1, 0) + 0.6 (0, 1)) = (2, 3) / sqrt(13)."""
    mixed = with_centroids(PRODUCTS, QUERIES, ALL_OF_THE_FIRST, 0.6)

    assert mixed[0] == pytest.approx(np.array([2, 3]) / np.sqrt(13))
    assert mixed.dtype == np.float32


def test_a_product_without_queries_keeps_its_vector() -> None:
    assert with_centroids(PRODUCTS, QUERIES, ALL_OF_THE_FIRST, 1.0).tolist() == [[0, 1], [0, 1]]


def test_queries_that_cancel_out_change_nothing() -> None:
    opposite = relevance_matrix([[], [0], [0]], 2)

    assert with_centroids(PRODUCTS, QUERIES, opposite, 0.5).tolist() == PRODUCTS.tolist()
