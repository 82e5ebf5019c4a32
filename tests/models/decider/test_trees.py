from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decider.features.all import FEATURES, NAMES
from models.decider.trees import Trees, load_trees
from models.encoder import FloatMatrix
from models.errors import BundleError, ConfigurationError
from tests.models.decider.deciders import random_features, random_trees

TREES = random_trees()
MONOTONE = [feature.name for feature in FEATURES if feature.direction]


def log_odds(probabilities: FloatMatrix) -> FloatMatrix:
    exact = probabilities.astype(np.float64)
    return np.log(exact / (1 - exact)).astype(np.float32)


def test_every_feature_has_a_part_in_them() -> None:
    assert set(TREES.booster.get_score()) == set(NAMES) == set(TREES.features)


@pytest.mark.parametrize("name", MONOTONE)
def test_a_monotone_feature_never_moves_the_probability_the_other_way(name: str) -> None:
    rows = random_features(20, seed=1)
    steps = np.linspace(-5, 8, 40, dtype=np.float32)
    swept = np.repeat(rows, len(steps), axis=0)
    swept[:, NAMES.index(name)] = np.tile(steps, len(rows))

    found = TREES.probabilities(swept).reshape(len(rows), len(steps))

    moved = FEATURES[NAMES.index(name)].direction * np.diff(found, axis=1)
    assert (moved >= 0).all()
    assert moved.any()


@pytest.mark.parametrize(("slope", "shift"), [(1, 0), (0.3, 1.5)])
def test_contributions_add_up_to_the_log_odds(slope: float, shift: float) -> None:
    trees = replace(TREES, slope=slope, shift=shift)
    features = random_features(200, seed=2)

    parts = trees.contributions(features)

    assert parts.shape == (200, len(FEATURES) + 1)
    summed = 1 / (1 + np.exp(-parts.sum(axis=1, dtype=np.float64)))
    np.testing.assert_allclose(summed, trees.probabilities(features), atol=1e-5)


def test_slope_and_shift_scale_the_log_odds() -> None:
    features = random_features(50, seed=3)
    scaled = replace(TREES, slope=0.5, shift=-1.0).probabilities(features)
    expected = 0.5 * log_odds(TREES.probabilities(features)) - 1
    np.testing.assert_allclose(log_odds(scaled), expected, atol=1e-3)


@pytest.mark.parametrize("slope", [1e6, 1e300])
def test_sums_beyond_any_exponent_are_certain(slope: float) -> None:
    found = replace(TREES, slope=slope).probabilities(random_features(50))
    assert set(found.tolist()) == {0, 1}


@pytest.mark.parametrize("slope", [0, -1, float("nan"), float("inf")])
def test_a_slope_that_would_turn_the_order_round_is_refused(slope: float) -> None:
    with pytest.raises(ConfigurationError, match="must be above 0"):
        replace(TREES, slope=slope)


def test_probabilities_have_the_decimals_of_scores() -> None:
    found = TREES.probabilities(random_features(50)).astype(np.float64)
    np.testing.assert_allclose(found, found.round(6), atol=1e-7)


@given(st.integers(1, 30), st.integers(0, 50))
def test_a_row_does_not_depend_on_the_rows_beside_it(count: int, seed: int) -> None:
    features = random_features(count, seed)
    alone = [TREES.probabilities(features[row : row + 1])[0] for row in range(count)]
    assert TREES.probabilities(features).tolist() == alone


def saved(trees: Trees, path: Path) -> Path:
    trees.save(path)
    return path


def test_loaded_trees_are_the_saved_ones(tmp_path: Path) -> None:
    loaded = load_trees(saved(TREES, tmp_path / "trees.ubj"), 0.5, 0.25)
    expected = replace(TREES, slope=0.5, shift=0.25)
    features = random_features(50)
    assert loaded.features == NAMES
    assert loaded.probabilities(features).tolist() == expected.probabilities(features).tolist()
    assert loaded.contributions(features).tolist() == expected.contributions(features).tolist()


@pytest.mark.parametrize("content", [None, b"", b"?", b"{}"], ids=["none", "empty", "text", "JSON"])
def test_what_are_no_trees_is_refused_by_name(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "trees.ubj"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BundleError, match=str(path)):
        load_trees(path, 1, 0)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_part_of_a_file_is_refused_by_name(share: float, tmp_path: Path) -> None:
    path = saved(TREES, tmp_path / "trees.ubj")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(BundleError, match=str(path)):
        load_trees(path, 1, 0)
