from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.decider.features.all import NAMES
from models.encoder import FloatMatrix
from tests.training.decider.toy import QUICK, column, noisy_examples
from training.decider.examples import Examples
from training.decider.trees import fit_trees
from training.decider.unknown import SHARE, with_unknown

ATTRIBUTES = ["identifier_agrees", "brand_agrees", "category_agrees", "price_apart"]
COLUMNS = [column(name) for name in ATTRIBUTES]
OTHERS = [place for place in range(len(NAMES)) if place not in COLUMNS]
COMPLETE = noisy_examples()


def lacking(name: str, share: float) -> Examples:
    features = COMPLETE.features.copy()
    features[: round(share * len(features)), column(name)] = np.nan
    return replace(COMPLETE, features=features)


def told_by_brand() -> Examples:
    """Return pairs that are right in most cases where the brand, which all have, is equal."""
    random = np.random.default_rng(1)
    features = COMPLETE.features.copy()
    features[:, COLUMNS] = np.nan
    equal = random.random(len(features)) < 0.5
    features[:, column("brand_agrees")] = equal
    right = random.random(len(features)) < np.where(equal, 0.9, 0.1)
    return replace(COMPLETE, features=features, right=right)


def test_an_unknown_brand_is_neither_an_equal_nor_another_one() -> None:
    trees = fit_trees(told_by_brand(), QUICK, seed=0)
    rows: FloatMatrix = np.zeros((3, len(NAMES)), np.float32)
    rows[:, COLUMNS] = np.nan
    rows[:, column("brand_agrees")] = 0, np.nan, 1
    different, unknown, equal = trees.probabilities(rows).tolist()
    assert different + 0.1 < unknown < equal - 0.1


def test_some_queries_are_shown_once_more_without_attributes() -> None:
    more = with_unknown(COMPLETE, seed=0)
    count = len(COMPLETE.right)
    added = slice(count, None)
    assert np.array_equal(more.features[:count], COMPLETE.features)
    again, pairs_each = np.unique(more.queries[added], return_counts=True)
    assert len(again) == round(SHARE * 200)
    assert set(pairs_each.tolist()) == {5}
    assert np.isnan(more.features[added][:, COLUMNS]).all()
    same = np.isin(COMPLETE.queries, again)
    assert np.array_equal(more.features[added][:, OTHERS], COMPLETE.features[same][:, OTHERS])
    assert np.array_equal(more.right[added], COMPLETE.right[same])


def test_chance_chooses_the_queries() -> None:
    drawn = [with_unknown(COMPLETE, seed).queries[len(COMPLETE.queries) :] for seed in (0, 0, 1)]
    assert drawn[0].tolist() == drawn[1].tolist() != drawn[2].tolist()


@pytest.mark.parametrize(("share", "taken"), [(0.0, True), (0.005, True), (0.02, False)])
def test_only_what_hardly_any_pair_lacks_is_taken_away(share: float, taken: bool) -> None:
    examples = lacking("brand_agrees", share)
    more = with_unknown(examples, seed=0).features[len(examples.right) :]
    assert np.isnan(more[:, column("price_apart")]).all()
    assert np.isnan(more[:, column("brand_agrees")]).all() == taken


def test_pairs_that_lack_attributes_are_enough() -> None:
    without = COMPLETE.features.copy()
    without[:, COLUMNS] = np.nan
    examples = replace(COMPLETE, features=without)
    assert with_unknown(examples, seed=0) is examples
