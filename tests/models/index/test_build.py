from __future__ import annotations

import numpy as np
import pytest

from models.errors import DataError
from models.index.build import build_index, recall
from models.index.flat import FlatIndex
from tests.models.index.vectors import near, unit_vectors

VECTORS = unit_vectors(3_000, dimension=32)
QUERIES = near(VECTORS[:400], noise=0.5)


def test_a_small_catalogue_is_searched_exactly() -> None:
    index, report = build_index(VECTORS, QUERIES, seed=1)
    assert report.kind == "flat"
    assert report.recall_at_10 == 1.0
    assert report.products == len(index) == 3_000
    assert index.search(VECTORS[:5], 1).rows[:, 0].tolist() == [0, 1, 2, 3, 4]


def test_above_the_limit_search_is_compressed_with_measured_recall() -> None:
    _, report = build_index(VECTORS, QUERIES, seed=1, exact_limit=2_999, sample=200)
    assert report.kind == "quantised"
    assert 0.99 <= report.recall_at_10 <= 1.0
    assert report.queries == 200
    assert report.milliseconds_per_query > 0
    assert report.exact_milliseconds_per_query > 0


def test_a_higher_target_takes_a_dearer_setting() -> None:
    low, high = (
        build_index(VECTORS, QUERIES, seed=1, exact_limit=10, recall_target=target)[1]
        for target in (0.5, 0.999)
    )
    assert low.parameters["k_factor"] == 10
    assert high.parameters != low.parameters


def test_an_odd_dimension_cannot_be_quantised_and_takes_the_graph() -> None:
    vectors = unit_vectors(1_000, dimension=15)
    _, report = build_index(vectors, vectors[:50], seed=1, exact_limit=10)
    assert report.kind == "hnsw"


def test_an_unreachable_target_falls_back_to_exact_search() -> None:
    vectors = unit_vectors(500, dimension=15)
    _, report = build_index(vectors, vectors[:50], seed=1, exact_limit=10, recall_target=1.1)
    assert report.kind == "flat"
    assert report.recall_at_10 == 1.0


def test_the_same_seed_gives_the_same_index() -> None:
    first, second = (build_index(VECTORS, QUERIES, seed=1, exact_limit=10)[0] for _ in range(2))
    found, again = first.search(QUERIES, 10), second.search(QUERIES, 10)
    assert found.rows.tolist() == again.rows.tolist()


def test_nothing_to_measure_with_is_refused() -> None:
    with pytest.raises(DataError, match="at least one product and one query"):
        build_index(VECTORS, QUERIES[:0], seed=1)


def test_recall_counts_what_reaches_the_exact_tenth_score() -> None:
    vectors = unit_vectors(100)
    exact = FlatIndex.empty(16)
    exact.add(np.arange(100), vectors)
    truth = exact.search(vectors[:4], 10)
    thinned = FlatIndex.empty(16)
    thinned.add(np.arange(100), vectors)
    # Each of four queries has ten results; taking out the best of the first loses one in forty.
    thinned.remove(np.array([0]))
    lost = int(np.count_nonzero(truth.rows == 0))
    kth = truth.scores[:, -1]
    assert recall(exact, vectors, vectors[:4], kth) == 1.0
    assert recall(thinned, vectors, vectors[:4], kth) == pytest.approx(1 - lost / 40)
