from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.index.base import Neighbours
from models.index.flat import FlatIndex
from models.runtime import Runtime
from models.thresholds import accepted
from tests.models.decider.deciders import deciding_runtime, trees_of_one
from tests.small_bundle import TITLES, remembering, small_contents, small_promise

PLAIN = small_contents().runtime
REMEMBERING = remembering(small_contents(), {"oled tv": 6, "cheap mirrorless": 0}).runtime
TEXT = "Apple iPhone 8 256GB"


def deciding(
    runtime: Runtime = PLAIN, *, by: str = "measures_in_both", candidates: int = 3
) -> Runtime:
    return deciding_runtime(runtime, trees=trees_of_one(by), candidates=candidates, known=2)


def same(one: Neighbours, other: Neighbours) -> bool:
    return (one.rows.tolist(), one.deciding.tolist()) == (
        other.rows.tolist(),
        other.deciding.tolist(),
    )


def test_without_a_decider_the_score_decides() -> None:
    found = PLAIN.candidates([TEXT], 3, [{"brand": "Apple"}])
    assert found.probabilities is None
    assert found.deciding is found.scores
    assert (
        found.scores.tolist() == PLAIN.index.search(PLAIN.encoder.encode([TEXT]), 3).scores.tolist()
    )


def test_a_decider_puts_candidates_in_the_order_of_their_probability() -> None:
    assert PLAIN.candidates(["Samsung Galaxy 256GB"], 2).rows[0, 0] == 2

    found = deciding(candidates=8).candidates(["Samsung Galaxy 256GB"], 2)

    assert found.rows[0, 0] == 1  # the only title with 256 GB
    assert found.scores[0, 0] < found.scores[0, 1]
    assert found.deciding[0, 0] > found.deciding[0, 1]
    assert found.deciding is not found.scores


def test_what_is_asked_beyond_the_decider_s_candidates_is_found_unjudged() -> None:
    found = deciding().candidates([TEXT], 5)
    assert found.probabilities is not None
    assert np.isnan(found.probabilities).tolist() == [[False] * 3 + [True] * 2]
    assert found.rows[:, 3:].tolist() == PLAIN.candidates([TEXT], 5).rows[:, 3:].tolist()


def test_less_than_it_judges_may_be_asked() -> None:
    runtime = deciding(candidates=8)
    assert (runtime.depth(1), runtime.depth(20), PLAIN.depth(1)) == (8, 20, 1)
    assert (
        runtime.candidates([TEXT], 1).rows.tolist()
        == runtime.candidates([TEXT], 8).rows[:, :1].tolist()
    )


def test_a_small_catalogue_leaves_places_free() -> None:
    found = deciding(candidates=8).candidates([TEXT], 12)
    assert found.rows[0, 8:].tolist() == [-1] * 4
    assert np.isneginf(found.deciding[0, 8:]).all()


def test_what_is_not_judged_is_never_accepted() -> None:
    everything = replace(small_promise(threshold=0.0), products_per_query=5)
    found = deciding().candidates([TEXT], 5)
    assert accepted(found.deciding, everything).tolist() == [[True] * 3 + [False] * 2]


def test_attributes_reach_the_decider() -> None:
    products = [
        replace(one, attributes={"mpn": one.product_id}) for one in PLAIN.catalogue.products
    ]
    catalogue = type(PLAIN.catalogue)(products)
    runtime = deciding(replace(PLAIN, catalogue=catalogue), by="identifier_agrees", candidates=8)
    assert runtime.candidates([TEXT], 1, [{"MPN": "P5"}]).rows.tolist() == [[5]]
    assert runtime.candidates([TEXT], 1).rows.tolist() == PLAIN.candidates([TEXT], 1).rows.tolist()


@pytest.mark.parametrize("runtime", [PLAIN, REMEMBERING], ids=["products", "memory"])
def test_an_answer_depends_neither_on_other_queries_nor_on_k(runtime: Runtime) -> None:
    both = deciding(runtime, candidates=4)
    together = both.candidates(TITLES, 6)
    for row, title in enumerate(TITLES):
        alone = both.candidates([title], 3)
        assert alone.rows[0].tolist() == together.rows[row, :3].tolist()
        assert alone.deciding[0].tolist() == together.deciding[row, :3].tolist()


def test_memory_and_decider_work_together() -> None:
    """The memory brings a product up that the decider then judges by the memory's score."""
    query = ["cheap mirrorless"]
    assert REMEMBERING.candidates(query, 1).rows.tolist() == [[0]]

    found = deciding(REMEMBERING, by="score", candidates=3).candidates(query, 3)

    nearest = REMEMBERING.nearest(REMEMBERING.encoder.encode(query), 3)
    assert sorted(found.rows[0].tolist()) == sorted(nearest.rows[0].tolist())
    assert found.rows[0, 0] == 0
    assert sorted(found.scores[0].tolist()) == sorted(nearest.scores[0].tolist())


def test_no_query_gets_no_answer() -> None:
    assert deciding().candidates([], 3).rows.shape == (0, 3)


def test_an_empty_catalogue_has_no_candidates() -> None:
    index = FlatIndex.empty(PLAIN.encoder.dimension)
    empty = replace(PLAIN, index=index, catalogue=type(PLAIN.catalogue)([]))
    found = deciding_runtime(empty).candidates([TEXT], 3)
    assert found.rows.tolist() == [[-1] * 3]
    assert np.isneginf(found.deciding).all()


def test_runtimes_that_are_built_alike_answer_alike() -> None:
    assert same(deciding().candidates(TITLES, 5), deciding().candidates(TITLES, 5))
