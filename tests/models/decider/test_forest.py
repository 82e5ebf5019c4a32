from __future__ import annotations

import numpy as np
import pytest
import xgboost
from hypothesis import given
from hypothesis import strategies as st

from models.decider.forest import MOST_LEAVES, ROWS_AT_ONCE, Forest, forest_of
from models.encoder import FloatMatrix
from models.errors import ConfigurationError
from tests.models.decider.deciders import random_features, random_trees

NAN = float("nan")
BOOSTER = random_trees().booster
FOREST = forest_of(BOOSTER)


def of_library(booster: xgboost.Booster, features: FloatMatrix) -> FloatMatrix:
    margins: FloatMatrix = booster.predict(
        xgboost.DMatrix(features, feature_names=booster.feature_names), output_margin=True
    )
    return margins


def assert_as_library(booster: xgboost.Booster, forest: Forest, features: FloatMatrix) -> None:
    np.testing.assert_allclose(forest.sums(features), of_library(booster, features), atol=1e-5)


def grown(leaves: int, columns: int = 3, rounds: int = 3) -> xgboost.Booster:
    """Return trees of so many leaves, grown on noise."""
    random = np.random.default_rng(leaves)
    features = random.normal(size=(3_000, columns)).astype(np.float32)
    features[random.random(features.shape) < 0.2] = np.nan
    parameters = {
        "objective": "binary:logistic",
        "grow_policy": "lossguide",
        "max_depth": 0,
        "max_leaves": leaves,
        "min_child_weight": 0,
        "nthread": 1,
    }
    labels = random.integers(0, 2, len(features))
    return xgboost.train(parameters, xgboost.DMatrix(features, labels), rounds)


def test_sums_are_those_of_the_library() -> None:
    assert_as_library(BOOSTER, FOREST, random_features(3_000, seed=4))


def test_a_value_that_is_a_threshold_goes_right() -> None:
    column = np.repeat(np.array([[0], [1]], np.float32), 50, axis=0)
    step = xgboost.train(
        {"objective": "binary:logistic", "nthread": 1}, xgboost.DMatrix(column, column[:, 0]), 1
    )
    forest = forest_of(step)
    threshold = forest.cuts[0].thresholds[0]
    around = np.array(
        [[np.nextafter(threshold, np.float32(-9))], [threshold], [9]], dtype=np.float32
    )
    below, at, above = forest.sums(around).tolist()
    assert below < at == above
    assert_as_library(step, forest, around)


@given(st.integers(0, 99), st.floats(0, 1))
def test_every_threshold_and_what_is_missing_is_as_in_the_library(
    seed: int, missing: float
) -> None:
    random = np.random.default_rng(seed)
    features = np.full((20, BOOSTER.num_features()), NAN, np.float32)
    for cuts in FOREST.cuts:
        features[:, cuts.feature] = random.choice(cuts.thresholds, len(features))
    features[random.random(features.shape) < missing] = NAN
    assert_as_library(BOOSTER, FOREST, features)


@pytest.mark.parametrize("value", [0.0, -0.0, 3e38, -3e38, 1e-45])
def test_values_of_every_size_are_as_in_the_library(value: float) -> None:
    features = np.full((1, BOOSTER.num_features()), value, np.float32)
    assert_as_library(BOOSTER, FOREST, features)


def test_infinite_values_are_beyond_all_thresholds() -> None:
    highest, infinite = (
        np.full((1, BOOSTER.num_features()), value, np.float32) for value in (3e38, np.inf)
    )
    assert FOREST.sums(infinite) == FOREST.sums(highest)
    assert FOREST.sums(-infinite) == FOREST.sums(-highest)


@pytest.mark.parametrize("leaves", [2, 31, 32, 33, MOST_LEAVES])
def test_trees_may_have_any_number_of_leaves_up_to_the_most(leaves: int) -> None:
    booster = grown(leaves)
    forest = forest_of(booster)
    assert forest.values.shape == (3, leaves)
    assert_as_library(booster, forest, random_features(500)[:, :3])


def test_a_tree_with_more_leaves_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="64 leaves at most, got 65"):
        forest_of(grown(MOST_LEAVES + 1))


@pytest.mark.parametrize("label", [0, 1])
def test_trees_that_had_nothing_to_tell_apart_have_no_split(label: int) -> None:
    features = random_features(10)
    booster = xgboost.train(
        {"objective": "binary:logistic"}, xgboost.DMatrix(features, np.full(10, label)), 2
    )
    forest = forest_of(booster)
    assert forest.cuts == ()
    assert_as_library(booster, forest, features)


def test_rows_are_summed_in_parts_that_change_nothing() -> None:
    features = random_features(2 * ROWS_AT_ONCE + 1)
    sums = FOREST.sums(features)
    assert sums.tolist() == [FOREST.sums(features[row : row + 1])[0] for row in range(len(sums))]


def test_no_row_has_no_sum() -> None:
    assert FOREST.sums(random_features(0)).shape == (0,)
