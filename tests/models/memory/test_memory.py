from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.encoder import FloatMatrix
from models.errors import DataError
from models.index.base import Neighbours
from models.index.hnsw import HnswIndex
from models.index.quantised import QuantisedIndex
from models.memory.formulas import log_sums, own_part, votes
from models.memory.memory import QueryMemory
from models.memory.settings import MemorySettings
from tests.models.memory.memories import (
    DIMENSION,
    PRODUCTS,
    QUERIES,
    flat,
    memory_of,
    random_memory,
    unit_vectors,
)

VOTE = MemorySettings(weight=0.5, neighbours=10, temperature=0.2)
JOINT = replace(VOTE, formula="joint")
CATALOGUE = unit_vectors(PRODUCTS, seed=7)
ASKED = unit_vectors(300, seed=8)

each_formula = pytest.mark.parametrize("settings", [VOTE, JOINT], ids=["vote", "joint"])


def at(degrees: float) -> list[float]:
    return [np.cos(np.radians(degrees)), np.sin(np.radians(degrees))]


def plane(*degrees: float) -> FloatMatrix:
    return np.array([at(one) for one in degrees], dtype=np.float32)


def test_a_product_is_found_by_the_queries_that_it_was_right_for() -> None:
    """Product 1 is at a right angle to the query, but right for the training query beside it."""
    settings = MemorySettings(weight=0.5, neighbours=1)
    memory = memory_of(plane(0, 180), [[1], [0]], settings)
    catalogue = flat(plane(60, 90))

    found = memory.search(catalogue, plane(0), 2)

    assert found.rows.tolist() == [[1, 0]]
    assert found.scores[0] == pytest.approx([0.5 * 0.0 + 0.5 * 1.0, 0.5 * 0.5], abs=1e-6)


@pytest.mark.parametrize(
    ("changed", "best"),
    [({}, 1), ({"weight": 0.1}, 0), ({"neighbours": 1}, 2), ({"temperature": 0.001}, 2)],
    ids=["two votes win", "little weight", "one neighbour", "the nearest alone counts"],
)
def test_every_setting_decides_who_is_first(changed: dict[str, float], best: int) -> None:
    """The nearest training query votes for product 2, the next two for product 1."""
    usual = MemorySettings(weight=0.9, neighbours=3, temperature=0.5)
    memory = memory_of(plane(1, 10, 11), [[2], [1], [1]], replace(usual, **changed))  # type: ignore[arg-type]

    found = memory.search(flat(plane(20, 90, 90)), plane(0), 3)

    assert found.rows[0, 0] == best


def brute_force(memory: QueryMemory, asked: FloatMatrix) -> FloatMatrix:
    """Scores (queries, products), product by product."""
    near = memory.index.search(asked, memory.settings.neighbours)
    cosines = flat(CATALOGUE).search(asked, PRODUCTS)
    sums = log_sums(memory.settings, cosines.scores, near.scores)
    given = votes(memory.settings, near.scores, sums)
    scores = np.empty((len(asked), PRODUCTS))
    for query in range(len(asked)):
        own = np.empty(PRODUCTS)
        own[cosines.rows[query]] = cosines.scores[query]
        scores[query] = own_part(memory.settings, own, np.repeat(sums[query], PRODUCTS))
        for training, vote in zip(near.rows[query], given[query], strict=True):
            start, stop = memory.offsets[training : training + 2]
            scores[query, memory.products[start:stop]] += vote
    return scores.astype(np.float32)


@each_formula
@pytest.mark.parametrize("k", [1, 5, PRODUCTS])
def test_search_finds_the_best_of_all_products(settings: MemorySettings, k: int) -> None:
    memory = random_memory(settings)

    found = memory.search(flat(CATALOGUE), ASKED, k)

    expected = brute_force(memory, ASKED)
    assert np.take_along_axis(expected, found.rows, axis=1) == pytest.approx(found.scores, abs=2e-6)
    assert found.scores == pytest.approx(np.sort(expected, axis=1)[:, ::-1][:, :k], abs=2e-6)


def assert_same(one: Neighbours, other: Neighbours) -> None:
    assert one.rows.tolist() == other.rows.tolist()
    assert one.scores.tolist() == other.scores.tolist()


@each_formula
def test_scores_depend_neither_on_k_nor_on_the_queries_beside(settings: MemorySettings) -> None:
    memory, catalogue = random_memory(settings), flat(CATALOGUE)
    together = memory.search(catalogue, ASKED, 20)

    for query in range(20):
        alone = memory.search(catalogue, ASKED[query : query + 1], 3)
        first = Neighbours(together.scores[query, None, :3], together.rows[query, None, :3])
        assert_same(alone, first)


@each_formula
def test_what_does_not_exist_is_not_invented(settings: MemorySettings) -> None:
    found = random_memory(settings).search(flat(CATALOGUE), ASKED[:1], PRODUCTS + 2)

    assert sorted(found.rows[0].tolist()) == [-1, -1, *range(PRODUCTS)]
    assert found.scores[0, -2:].tolist() == [-np.inf, -np.inf]


@each_formula
def test_removed_products_get_no_votes(settings: MemorySettings) -> None:
    catalogue = flat(CATALOGUE)
    memory = random_memory(settings)
    gone = int(memory.search(catalogue, ASKED[:1], 1).rows[0, 0])
    catalogue.remove(np.array([gone]))

    found = memory.search(catalogue, ASKED[:1], PRODUCTS)

    assert gone not in found.rows
    assert np.count_nonzero(found.rows >= 0) == PRODUCTS - 1


@each_formula
def test_without_queries_nothing_is_found(settings: MemorySettings) -> None:
    found = random_memory(settings).search(flat(CATALOGUE), ASKED[:0], 3)

    assert found.rows.shape == found.scores.shape == (0, 3)


def test_parts_that_do_not_fit_are_refused() -> None:
    memory = random_memory(VOTE)
    with pytest.raises(DataError, match=f"a memory of {QUERIES} queries has {QUERIES} offsets"):
        replace(memory, offsets=memory.offsets[:-1])


@pytest.mark.parametrize("kind", ["quantised", "hnsw"])
def test_approximate_indexes_tell_the_score_of_a_row(kind: str) -> None:
    vectors = unit_vectors(2_000, seed=3)
    index = QuantisedIndex.trained(vectors, 0) if kind == "quantised" else HnswIndex.empty(8, 0)
    index.add(np.arange(len(vectors)), vectors)
    found = index.search(ASKED[:50], 5)

    told = index.scores(np.repeat(ASKED[:50], 5, axis=0), found.rows.ravel())

    assert told == pytest.approx(found.scores.ravel(), abs=2e-6)


def test_the_score_of_an_absent_row_is_minus_infinity() -> None:
    catalogue = flat(CATALOGUE)
    before = catalogue.scores(ASKED[:2], np.array([0, 1]))
    catalogue.remove(np.array([0]))

    after = catalogue.scores(ASKED[:3], np.array([0, 1, PRODUCTS + 5]))

    assert np.isfinite(before).all()
    assert after.tolist() == [-np.inf, before[1], -np.inf]
    catalogue.add(np.array([0]), ASKED[:1])
    assert catalogue.scores(ASKED[:1], np.array([0])).tolist() == [1.0]
    assert flat(np.empty((0, DIMENSION), np.float32)).scores(ASKED[:1], np.array([3])) == -np.inf
