from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import DataError
from models.index.base import Neighbours
from tests.training.evaluation.example import FOUND, RELEVANCE
from training.data.dataset import relevance_matrix
from training.evaluation.ranking import hits, precision_at, recall_at


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
