"""What quantised and graph search have in common with exact search."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from models.index.base import VectorIndex
from models.index.flat import FlatIndex
from models.index.hnsw import HnswIndex
from models.index.quantised import QuantisedIndex
from tests.models.index.vectors import near, unit_vectors

COUNT = 2_000
VECTORS = unit_vectors(COUNT)


def quantised() -> VectorIndex:
    index = QuantisedIndex.trained(VECTORS, seed=1)
    index.add(np.arange(COUNT), VECTORS)
    return index


def graph() -> VectorIndex:
    index = HnswIndex.empty(16, seed=1)
    index.add(np.arange(COUNT), VECTORS)
    return index


both = pytest.mark.parametrize("build", [quantised, graph])


def exact_scores(queries: np.ndarray, rows: np.ndarray) -> np.ndarray:
    result: np.ndarray = np.einsum("qd,qkd->qk", queries, VECTORS[rows])
    return result


@both
def test_scores_are_exact_cosines(build: Callable[[], VectorIndex]) -> None:
    asked = near(VECTORS[:50])
    found = build().search(asked, 10)
    # The quantised kind re-scores float16 copies: 2^-11 per component at most.
    np.testing.assert_allclose(found.scores, exact_scores(asked, found.rows), atol=5e-4)


@both
def test_nearly_all_true_neighbours_are_found(build: Callable[[], VectorIndex]) -> None:
    exact = FlatIndex.empty(16)
    exact.add(np.arange(COUNT), VECTORS)
    asked = near(VECTORS[:100])
    truth, found = exact.search(asked, 10).rows, build().search(asked, 10).rows
    shared = [len(set(t) & set(f)) for t, f in zip(truth.tolist(), found.tolist(), strict=True)]
    assert np.mean(shared) >= 9.8


@both
def test_a_removed_row_is_never_found(build: Callable[[], VectorIndex]) -> None:
    index = build()
    nearest = index.search(VECTORS[:1], 50).rows[0]
    assert index.remove(nearest[:40]) == 40
    after = index.search(VECTORS[:1], 10).rows[0]
    assert after.tolist() == nearest[40:].tolist()
    assert len(index) == COUNT - 40


@both
def test_a_removed_row_can_be_added_again(build: Callable[[], VectorIndex]) -> None:
    index = build()
    index.remove(np.array([5]))
    index.add(np.array([5]), VECTORS[5:6])
    assert index.search(VECTORS[5:6], 1).rows.tolist() == [[5]]


@both
def test_asking_for_more_than_exists_is_padded(build: Callable[[], VectorIndex]) -> None:
    index = build()
    index.remove(np.arange(3, COUNT))
    found = index.search(VECTORS[:1], 5)
    assert sorted(found.rows[0][:3].tolist()) == [0, 1, 2]
    assert found.rows[0][3:].tolist() == [-1, -1]


@both
def test_threads_may_search_at_once(build: Callable[[], VectorIndex]) -> None:
    index = build()
    alone = index.search(VECTORS[:64], 10)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: index.search(VECTORS[:64], 10), range(16)))
    assert all(one.rows.tolist() == alone.rows.tolist() for one in found)


def test_a_larger_factor_finds_more() -> None:
    index = QuantisedIndex.trained(VECTORS, seed=1, k_factor=1)
    index.add(np.arange(COUNT), VECTORS)
    asked = unit_vectors(200, seed=4)
    narrow = index.search(asked, 50).scores.sum()
    wide = index.with_k_factor(20).search(asked, 50).scores.sum()
    assert wide > narrow


def test_a_wider_search_finds_more() -> None:
    vectors = unit_vectors(5_000, dimension=32)
    index = HnswIndex.empty(32, seed=1, ef_search=10)
    index.add(np.arange(len(vectors)), vectors)
    asked = unit_vectors(200, dimension=32, seed=4)
    narrow = index.search(asked, 1).scores.sum()
    assert index.with_ef_search(500).search(asked, 1).scores.sum() > narrow
