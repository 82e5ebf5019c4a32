from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import DataError
from models.index.flat import MATRIX_PRODUCT_FROM, FlatIndex
from tests.models.index.vectors import unit_vectors


def filled(count: int, seed: int = 0) -> FlatIndex:
    index = FlatIndex.empty(16)
    index.add(np.arange(count), unit_vectors(count, seed=seed))
    return index


def test_scores_are_cosines_derived_by_hand() -> None:
    index = FlatIndex.empty(2)
    index.add(np.array([0, 1, 2]), np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32))
    found = index.search(np.array([[0.8, 0.6]], dtype=np.float32), 3)
    # (0.8, 0.6) . (0.6, 0.8) = 0.48 + 0.48
    np.testing.assert_allclose(found.scores, [[0.96, 0.8, 0.6]], atol=1e-6)
    assert found.rows.tolist() == [[2, 0, 1]]


@given(count=st.integers(1, 60), queries=st.integers(1, 12), k=st.integers(1, 70))
def test_search_equals_a_full_sort(count: int, queries: int, k: int) -> None:
    vectors, asked = unit_vectors(count), unit_vectors(queries, seed=9)
    found = filled(count).search(asked, k)
    scores = np.round(np.einsum("qd,nd->qn", asked, vectors), 6)
    best = -np.sort(-scores, axis=1)[:, :k]
    np.testing.assert_allclose(found.scores[:, :count], best, atol=2e-6)
    assert np.all(found.rows[:, count:] == -1)
    assert np.all(np.isneginf(found.scores[:, count:]))


def test_the_answer_does_not_depend_on_the_batch() -> None:
    index, asked = filled(500), unit_vectors(4 * MATRIX_PRODUCT_FROM, seed=3)
    together = index.search(asked, 10)
    for i in range(len(asked)):
        alone = index.search(asked[i : i + 1], 10)
        assert alone.rows[0].tolist() == together.rows[i].tolist()
        assert alone.scores[0].tolist() == together.scores[i].tolist()


@pytest.mark.parametrize("queries", [1, MATRIX_PRODUCT_FROM])
def test_ties_go_to_the_smaller_row_even_beyond_k(queries: int) -> None:
    same = np.repeat(unit_vectors(1), 40, axis=0)
    index = FlatIndex.empty(16)
    index.add(np.arange(40)[::-1].copy(), same)
    found = index.search(np.repeat(same[:1], queries, axis=0), 3)
    assert found.rows.tolist() == [[0, 1, 2]] * queries


def test_a_zero_vector_ties_with_every_product() -> None:
    index = filled(5)
    index.remove(np.array([0]))
    asked = np.concatenate([np.zeros((1, 16), dtype=np.float32), unit_vectors(1)])
    found = index.search(asked, 5)
    assert found.rows[0].tolist() == [1, 2, 3, 4, -1]
    assert found.scores[0].tolist() == [0, 0, 0, 0, -np.inf]
    assert found.rows[1].tolist() == index.search(asked[1:], 5).rows[0].tolist()


def test_one_query_with_many_ties_does_not_widen_the_others() -> None:
    vectors = np.concatenate([np.repeat(unit_vectors(1), 50, axis=0), unit_vectors(50, seed=2)])
    index = FlatIndex.empty(16)
    index.add(np.arange(100), vectors)
    found = index.search(vectors[[0, 60]], 3)
    assert found.rows[0].tolist() == [0, 1, 2]
    assert found.rows[1].tolist() == index.search(vectors[60:61], 3).rows[0].tolist()


def test_an_empty_index_finds_nothing() -> None:
    found = FlatIndex.empty(16).search(unit_vectors(2), 3)
    assert found.rows.tolist() == [[-1] * 3] * 2
    assert np.all(np.isneginf(found.scores))


def test_a_removed_row_is_not_found_and_can_be_added_again() -> None:
    index, vectors = filled(30), unit_vectors(30)
    assert index.remove(np.array([7, 8, 99])) == 2
    assert len(index) == 28
    assert 7 not in index.search(vectors[7:8], 28).rows
    assert index.search(vectors[9:10], 1).rows.tolist() == [[9]]
    index.add(np.array([7]), vectors[7:8])
    assert index.search(vectors[7:8], 1).rows.tolist() == [[7]]


@pytest.mark.parametrize(
    ("rows", "message"),
    [([3], "row 3 is already"), ([50, 50], "row 50 was given twice"), ([-1], "negative")],
)
def test_bad_rows_are_refused_and_change_nothing(rows: list[int], message: str) -> None:
    index = filled(5)
    with pytest.raises(DataError, match=message):
        index.add(np.array(rows), unit_vectors(len(rows), seed=5))
    assert len(index) == 5


def test_vectors_of_another_dimension_are_refused() -> None:
    with pytest.raises(DataError, match=r"\(n, 16\)"):
        filled(5).search(unit_vectors(1, dimension=8), 1)


def test_a_vector_that_is_not_finite_is_refused() -> None:
    with pytest.raises(DataError, match="not finite"):
        filled(5).search(np.full((1, 16), np.nan, dtype=np.float32), 1)


def test_k_below_one_is_refused() -> None:
    with pytest.raises(DataError, match="at least 1"):
        filled(5).search(unit_vectors(1), 0)
