from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decider.known_queries import build_known_queries
from models.encoder import FloatMatrix, unit_rows
from tests.models.decider.catalogue import known_queries

NEAR = 0.005


def unit_vectors(count: int, dimension: int, seed: int) -> FloatMatrix:
    drawn = np.random.default_rng(seed).standard_normal((count, dimension))
    return unit_rows(drawn.astype(np.float32))


def test_the_nearest_known_query_of_each_candidate_counts() -> None:
    asked = np.array([[1, 0], [0.6, 0.8]], dtype=np.float32)

    found = known_queries().best_cosines(asked, np.array([[0, 1, 2, -1], [2, 0, 3, -1]]))

    expected = [[1, np.nan, 0.6, np.nan], [1, 0.8, np.nan, np.nan]]
    np.testing.assert_allclose(found, expected, atol=NEAR)


def test_counts_are_of_all_training_queries_not_only_of_the_kept() -> None:
    assert known_queries().counts_of(np.array([[0, 1, 2, 3, -1]])).tolist() == [[3, 0, 1, 0, 0]]
    assert (len(known_queries()), known_queries().dimension) == (4, 2)


@pytest.mark.parametrize("products", [0, 3])
def test_nothing_need_be_known(products: int) -> None:
    known = build_known_queries(
        np.empty((0, 2), np.float32), np.zeros(products + 1, int), np.zeros(products, int)
    )
    assert np.isnan(known.best_cosines(np.eye(2, dtype=np.float32), np.full((2, 3), -1))).all()
    assert known.counts_of(np.full((2, 3), -1)).tolist() == [[0] * 3] * 2
    assert known.best_cosines(np.empty((0, 2), np.float32), np.empty((0, 3), int)).shape == (0, 3)


def test_a_vector_of_zeros_is_like_nothing() -> None:
    known = build_known_queries(np.zeros((1, 2), np.float32), np.array([0, 1]), np.array([1]))
    assert known.best_cosines(np.eye(2, dtype=np.float32), np.zeros((2, 1), int)).tolist() == [
        [0],
        [0],
    ]


@given(st.integers(2, 64), st.integers(0, 100))
def test_eight_bits_suffice(dimension: int, seed: int) -> None:
    vectors, asked = unit_vectors(6, dimension, seed), unit_vectors(5, dimension, seed + 1)
    known = build_known_queries(vectors, np.arange(7), np.ones(6, int))

    found = known.best_cosines(asked, np.tile(np.arange(6), (5, 1)))

    np.testing.assert_allclose(found, asked @ vectors.T, atol=NEAR)
