from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import DataError
from training.data.dataset import relevance_matrix
from training.evaluation import separation as module
from training.evaluation.separation import (
    EDGES,
    ScoreBlock,
    Separation,
    embedding_blocks,
    score_histogram,
    separation,
)

SCORES = np.array([[0.9, 0.5, 0.1], [0.2, 0.8, 0.7], [0.3, 0.4, 0.6]], dtype=np.float32)
# Two right products; one; none.
RELEVANCE = relevance_matrix([(0, 2), (2,), ()], 3)


def test_each_query_has_its_best_right_and_its_best_wrong_score() -> None:
    found = separation([ScoreBlock(0, 0, SCORES)], RELEVANCE)
    assert found.right.tolist() == pytest.approx([0.9, 0.7, -np.inf])
    assert found.wrong.tolist() == pytest.approx([0.5, 0.8, 0.6])


def test_filtered_products_are_not_the_hardest_wrong_ones() -> None:
    filtered = relevance_matrix([(), (1,), (0, 1, 2)], 3)
    found = separation([ScoreBlock(0, 0, SCORES)], RELEVANCE, filtered)
    assert found.wrong.tolist() == pytest.approx([0.5, 0.2, -np.inf])


def test_scores_that_are_no_numbers_are_refused() -> None:
    broken = np.where(SCORES[2, 0] == SCORES, np.nan, SCORES).astype(np.float32)
    with pytest.raises(DataError, match="queries 0 to 2"):
        separation([ScoreBlock(0, 0, broken)], RELEVANCE)


@given(st.integers(1, 4), st.integers(1, 5), st.integers(0, 100))
def test_the_size_of_the_blocks_changes_nothing(height: int, width: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    queries, products = (generator.normal(size=(n, 3)).astype(np.float32) for n in (7, 9))
    relevance = relevance_matrix([(query, (query + 3) % 9) for query in range(7)], 9)
    whole = separation([ScoreBlock(0, 0, queries @ products.T)], relevance)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "QUERY_BLOCK", height)
        patch.setattr(module, "PRODUCT_BLOCK", width)
        blocks = list(embedding_blocks(queries, products))
    assert len(blocks) == -(-7 // height) * -(-9 // width)
    found = separation(blocks, relevance)
    # A sum near 0 has lost digits, and blocks of another shape add in another order.
    np.testing.assert_allclose(found.right, whole.right, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.wrong, whole.wrong, rtol=1e-5, atol=1e-6)


def test_the_histogram_counts_each_query_once_per_side() -> None:
    scores = Separation(
        np.array([0.91, 0.91, -np.inf], np.float32), np.array([0.11, 1.0000001, -1.2], np.float32)
    )
    found = score_histogram("ours", scores)
    assert len(found.right) == len(found.wrong) == len(EDGES) - 1
    assert (sum(found.right), sum(found.wrong)) == (2, 3)
    assert found.right[95] == 2
    assert (found.wrong[0], found.wrong[-1]) == (1, 1)


def test_right_above_wrong_compares_queries_with_each_other() -> None:
    """Of the four pairs of a right and a wrong score, two are in order and one is a tie."""
    scores = Separation(np.array([0.9, 0.5], np.float32), np.array([0.5, 0.8], np.float32))
    assert score_histogram("", scores).right_above_wrong == pytest.approx((2 + 0.5) / 4)
    nothing = Separation(np.array([-np.inf], np.float32), np.array([0.5], np.float32))
    assert score_histogram("", nothing).right_above_wrong is None
