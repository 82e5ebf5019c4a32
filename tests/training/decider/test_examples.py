from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.decider.features.all import NAMES
from models.decider.pairs import CatalogueSide
from tests.training.decider.toy import QUICK, WordEncoder, column, runtime_of
from tests.training.products import small_shop
from training.data.dataset import Dataset, relevance_matrix
from training.decider.examples import Examples, examples_of, joined
from training.decider.side import lexicon_of, side_of

SHOP = small_shop()
QUERIES = SHOP.subset(np.arange(5))


@pytest.fixture(scope="module")
def side() -> CatalogueSide:
    return side_of(SHOP, WordEncoder(), lexicon_of(SHOP), QUICK, seed=0)


def of(queries: Dataset, side: CatalogueSide, candidates: int = 4, first: int = 0) -> Examples:
    return examples_of(runtime_of(queries), side, queries, candidates, first)


def test_a_pair_is_right_where_the_label_names_the_candidate(side: CatalogueSide) -> None:
    found = runtime_of(SHOP).candidates(QUERIES.texts, 4)
    expected = [
        row in QUERIES.relevance.indices[query : query + 1]
        for query in range(5)
        for row in found.rows[query]
    ]
    examples = of(QUERIES, side)
    assert examples.right.tolist() == expected
    assert examples.features.shape == (20, len(NAMES))
    assert examples.features[:, column("score")].tolist() == found.scores.ravel().tolist()
    assert examples.learnable == sum(any(expected[at : at + 4]) for at in range(0, 20, 4)) > 0


def test_queries_are_numbered_from_the_first_also_in_parts(
    side: CatalogueSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = of(QUERIES, side, first=7)
    monkeypatch.setattr("training.decider.examples.QUERIES_AT_ONCE", 2)
    parts = of(QUERIES, side, first=7)
    assert whole.queries.tolist() == np.repeat(np.arange(7, 12), 4).tolist()
    for name in ("features", "right", "queries"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name), equal_nan=True)


def test_several_right_products_are_all_right_and_none_may_be(side: CatalogueSide) -> None:
    rows = runtime_of(SHOP).candidates(QUERIES.texts, 4).rows
    labels = [rows[0, :2].tolist(), [], rows[2, 3:].tolist(), [], []]
    several = replace(QUERIES, relevance=relevance_matrix(labels, len(SHOP.products)))
    examples = of(several, side)
    assert examples.right.reshape(5, 4).sum(axis=1).tolist() == [2, 0, 1, 0, 0]
    assert examples.learnable == 2


def test_a_filtered_product_is_no_candidate(side: CatalogueSide) -> None:
    best = runtime_of(SHOP).candidates(QUERIES.texts, 1).rows[:, 0].tolist()
    filtered = relevance_matrix([[row] for row in best], len(SHOP.products))
    without = of(replace(QUERIES, filtered=filtered), side, candidates=3)
    following = runtime_of(SHOP).candidates(QUERIES.texts, 4).scores[:, 1:]
    assert without.features[:, column("score")].tolist() == following.ravel().tolist()


def test_a_catalogue_smaller_than_the_candidates_gives_fewer_pairs() -> None:
    few = QUERIES.with_products(np.arange(3))
    small = side_of(few, WordEncoder(), lexicon_of(few), QUICK, seed=0)
    examples = of(few, small)
    assert np.bincount(examples.queries).tolist() == [3] * 5


def test_attributes_of_queries_are_compared() -> None:
    products = tuple(replace(one, attributes={"brand": "neff"}) for one in SHOP.products)
    branded = replace(SHOP, products=products)
    side = side_of(branded, WordEncoder(), lexicon_of(branded), QUICK, seed=0)
    brands = tuple({"brand": "Neff"} if row else {"brand": "Bosch"} for row in range(5))
    agrees = of(replace(QUERIES, attributes=brands), side).features[:, column("brand_agrees")]
    assert agrees.reshape(5, 4).mean(axis=1).tolist() == [0, 1, 1, 1, 1]


def test_no_queries_are_no_pairs(side: CatalogueSide) -> None:
    nothing = of(SHOP.subset(np.arange(0)), side)
    assert (nothing.features.shape, nothing.learnable) == ((0, len(NAMES)), 0)
    assert len(joined([]).right) == 0
