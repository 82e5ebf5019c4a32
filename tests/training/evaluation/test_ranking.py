from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import DataError
from models.index.base import Neighbours
from tests.training.evaluation.example import FOUND, RELEVANCE
from tests.training.evaluation.lists import PRODUCTS, Lists, lists, neighbours
from training.data.dataset import relevance_matrix
from training.evaluation.ranking import (
    RankingAt,
    hits,
    ndcg_at,
    precision_at,
    propensity_scored_precision_at,
    ranking_at,
    recall_at,
)

ANY_K = st.integers(1, 9)


def test_hits_are_the_found_products_that_are_right() -> None:
    assert hits(FOUND, RELEVANCE).tolist() == [
        [True, False, False],
        [True, False, True],
        [False, False, False],
        [False, False, False],
    ]


def test_a_missing_candidate_is_not_the_last_product() -> None:
    found = Neighbours(np.array([[-np.inf]], dtype=np.float32), np.array([[-1]]))
    assert hits(found, relevance_matrix([(0, 1)], 2)).tolist() == [[False]]


def test_precision_counts_every_query_also_those_without_an_answer() -> None:
    hit = hits(FOUND, RELEVANCE)
    assert precision_at(hit, 1) == pytest.approx(2 / 4)
    assert precision_at(hit, 3) == pytest.approx((1 / 3 + 2 / 3) / 4)


def test_precision_at_more_than_was_found_is_refused() -> None:
    with pytest.raises(DataError, match="P@5 needs 5 products per query, 3 were found"):
        precision_at(hits(FOUND, RELEVANCE), 5)


def test_recall_asks_what_was_found_of_what_could_be_found() -> None:
    hit = hits(FOUND, RELEVANCE)
    assert recall_at(hit, RELEVANCE, 1) == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert recall_at(hit, RELEVANCE, 3) == pytest.approx((1 + 1 + 0) / 3)


def test_recall_that_does_not_apply_is_none() -> None:
    hit = hits(FOUND, RELEVANCE)
    assert recall_at(hit, RELEVANCE, 4) is None
    assert recall_at(hit, relevance_matrix([()] * 4, 4), 1) is None


@given(
    st.lists(
        st.tuples(st.permutations(range(5)), st.sets(st.integers(0, 4))), min_size=1, max_size=20
    )
)
def test_recall_never_falls_with_k_and_everything_is_found_in_the_end(
    queries: list[tuple[list[int], set[int]]],
) -> None:
    rows = np.array([order for order, _ in queries])
    relevance = relevance_matrix([right for _, right in queries], 5)
    hit = hits(Neighbours(np.zeros(rows.shape, dtype=np.float32), rows), relevance)
    recalls = [recall_at(hit, relevance, k) for k in range(1, 6)]
    if any(right for _, right in queries):
        assert recalls == sorted(recalls, key=lambda recall: recall or 0)
        assert recalls[-1] == pytest.approx(1)
    else:
        assert recalls == [None] * 5


def test_ndcg_discounts_a_hit_by_its_rank() -> None:
    """Ranks 1 to 3 weigh 1, 0.63093 and 0.5; the second query has two right: 1.5 of 1.63093."""
    hit = hits(FOUND, RELEVANCE)
    assert ndcg_at(hit, RELEVANCE, 1) == pytest.approx((1 + 1 + 0) / 3)
    assert ndcg_at(hit, RELEVANCE, 3) == pytest.approx((1 + 1.5 / 1.63093 + 0) / 3, abs=1e-5)


def test_ndcg_that_does_not_apply_is_none() -> None:
    hit = hits(FOUND, RELEVANCE)
    assert ndcg_at(hit, RELEVANCE, 4) is None
    assert ndcg_at(hit, relevance_matrix([()] * 4, 4), 1) is None


def test_a_hit_on_a_rare_product_counts_more() -> None:
    """Hits: product 0; 3, and 1 at rank 3; the best first place holds 0, 3 and 2."""
    weights = np.array([1.0, 2.0, 4.0, 8.0])
    at_1 = propensity_scored_precision_at(FOUND, RELEVANCE, 1, weights)
    at_3 = propensity_scored_precision_at(FOUND, RELEVANCE, 3, weights)
    assert at_1 == pytest.approx((1 + 8) / (1 + 8 + 4))
    assert at_3 == pytest.approx((1 + 8 + 2) / (1 + 8 + 2 + 4))


def test_no_right_product_has_no_propensity() -> None:
    nothing = relevance_matrix([()] * 4, 4)
    assert propensity_scored_precision_at(FOUND, nothing, 1, np.ones(4)) is None


def test_places_beyond_the_catalogue_count_as_wrong() -> None:
    """Two products exist: of five places one holds a right one, and all that is right is found."""
    found = neighbours(np.array([[1, 0]]))
    measured = ranking_at(found, relevance_matrix([(1,)], 2), 5, np.ones(2))
    assert measured == RankingAt(5, 1 / 5, 1.0, 1.0, 1.0)


def test_without_propensities_there_is_no_propensity_scored_precision() -> None:
    assert ranking_at(FOUND, RELEVANCE, 1, None).propensity_scored_precision is None


def test_a_list_that_was_cut_short_is_not_taken_for_a_small_catalogue() -> None:
    with pytest.raises(DataError, match="P@5 needs 5 products per query, 3 were found"):
        ranking_at(FOUND, RELEVANCE, 5, None)


@given(
    lists,
    ANY_K,
    st.lists(st.floats(1, 100), min_size=PRODUCTS, max_size=PRODUCTS),
)
def test_every_measure_is_a_share(drawn: Lists, k: int, weights: list[float]) -> None:
    one = ranking_at(*drawn, k, np.array(weights))
    assert 0 <= one.precision <= 1
    rest = (one.recall, one.ndcg, one.propensity_scored_precision)
    if not drawn[1].nnz:
        assert rest == (None, None, None)
        return
    assert all(value is not None and 0 <= value <= 1 for value in rest)


@given(lists, ANY_K, st.lists(st.floats(1, 100), min_size=PRODUCTS, max_size=PRODUCTS))
def test_a_perfect_ranking_has_the_highest_ndcg_and_propensity_scored_precision(
    drawn: Lists, k: int, weights: list[float]
) -> None:
    """Right products first, the rarest of them before the others."""
    _, relevance = drawn
    best = np.argsort(relevance.toarray() * -np.array(weights), axis=1, kind="stable")
    one = ranking_at(neighbours(best), relevance, k, np.array(weights))
    if relevance.nnz:
        assert one.ndcg == pytest.approx(1)
        assert one.propensity_scored_precision == pytest.approx(1)


@given(lists, ANY_K, st.floats(1, 100))
def test_with_equal_propensities_it_is_the_precision_as_a_share_of_the_highest_possible(
    drawn: Lists, k: int, weight: float
) -> None:
    found, relevance = drawn
    one = ranking_at(found, relevance, k, np.full(PRODUCTS, weight))
    highest = np.minimum(np.diff(relevance.indptr), k).mean() / k
    if highest:
        assert one.propensity_scored_precision == pytest.approx(one.precision / highest)
