from __future__ import annotations

import numpy as np
import pytest

from models.errors import DataError
from models.index.base import Neighbours
from training.data.dataset import relevance_matrix
from training.evaluation.filters import drop_filtered, search_depth

# Query 0 must lose products 4 and 2, query 1 nothing, query 2 its first answer.
FILTERED = relevance_matrix([(2, 4), (), (5,)], 6)
FOUND = Neighbours(
    scores=np.array([[0.9, 0.8, 0.7, 0.6]] * 3, dtype=np.float32),
    rows=np.array([[4, 1, 2, 3], [5, 4, 3, 2], [5, 0, 1, 2]]),
)


def test_as_many_more_are_searched_for_as_the_fullest_filter_has() -> None:
    assert search_depth(2, FILTERED) == 4
    assert search_depth(2, relevance_matrix([(), ()], 6)) == 2
    assert search_depth(2, None) == 2


def test_the_next_best_take_the_places_of_filtered_products() -> None:
    left = drop_filtered(FOUND, FILTERED, 2)
    assert left.rows.tolist() == [[1, 3], [5, 4], [0, 1]]
    assert left.scores == pytest.approx(np.array([[0.8, 0.6], [0.9, 0.8], [0.8, 0.7]]))
    assert left.scores.dtype == np.float32


def test_without_filters_the_first_k_are_kept() -> None:
    assert drop_filtered(FOUND, None, 2).rows.tolist() == [[4, 1], [5, 4], [5, 0]]


def test_a_place_without_a_product_is_marked() -> None:
    """The catalogue has three products: one is filtered, one place was empty before."""
    found = Neighbours(
        scores=np.array([[0.9, 0.8, 0.7, -np.inf]], dtype=np.float32),
        rows=np.array([[2, 0, 1, -1]]),
    )
    left = drop_filtered(found, relevance_matrix([(2,)], 3), 3)
    assert left.rows.tolist() == [[0, 1, -1]]
    assert left.scores[0, 2] == -np.inf


def test_a_list_of_the_whole_catalogue_is_always_long_enough() -> None:
    found = Neighbours(np.array([[0.9, 0.8]], dtype=np.float32), np.array([[1, 0]]))
    left = drop_filtered(found, relevance_matrix([(1,)], 2), 2)
    assert left.rows.tolist() == [[0, -1]]
    assert left.scores[0].tolist() == [pytest.approx(0.8), -np.inf]


def test_lists_that_may_lack_one_of_the_best_are_refused() -> None:
    with pytest.raises(DataError, match="5 products per query must be searched for to keep 3"):
        drop_filtered(FOUND, FILTERED, 3)


def test_filters_of_other_queries_are_refused() -> None:
    with pytest.raises(DataError, match="answers of 3 queries, but filters of 1"):
        drop_filtered(FOUND, relevance_matrix([(1,)], 6), 2)
