from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models.decider.features.all import NAMES
from models.decider.trees import Trees
from tests.training.decider.toy import QUICK, column, noisy_examples, separable_examples
from training.decider.trees import LOWEST_SLOPE, fit_trees, scaled

EXAMPLES = noisy_examples()
LONG = replace(QUICK, rounds=30, patience=30)


def dumped(trees: Trees) -> tuple[list[str], float, float]:
    return trees.booster.get_dump(), trees.slope, trees.shift


def test_the_same_seed_gives_the_same_trees_and_another_one_others() -> None:
    first, again, other = (fit_trees(EXAMPLES, QUICK, seed) for seed in (1, 1, 2))
    assert dumped(first) == dumped(again)
    assert dumped(first) != dumped(other)
    assert first.features == NAMES


@pytest.mark.parametrize(
    "change",
    [
        {"rounds": 3},
        {"leaves": 3},
        {"learning_rate": 0.5},
        {"smallest_weight": 60.0},
        {"rows": 0.3},
        {"columns": 0.2},
        {"right_weight": 5.0},
        {"validation_share": 0.5},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_setting_changes_the_trees(change: dict[str, Any]) -> None:
    usual, other = (fit_trees(EXAMPLES, one, 0) for one in (QUICK, replace(QUICK, **change)))
    assert dumped(usual) != dumped(other)


def test_a_tree_has_no_more_leaves_than_asked_for() -> None:
    trees = fit_trees(EXAMPLES, replace(QUICK, leaves=3), 0)
    assert max(tree.count("leaf=") for tree in trees.booster.get_dump()) == 3


def test_fitting_stops_when_held_out_queries_get_no_better() -> None:
    """Labels that no signal knows: nothing but the first trees can help."""
    chance = np.random.default_rng(0).random(len(EXAMPLES.right)) < 0.3
    unknowable = replace(EXAMPLES, right=chance)
    settings = replace(LONG, rounds=200, patience=2, learning_rate=0.3, smallest_weight=0.0)
    hasty, patient = fit_trees(unknowable, settings, 0), fit_trees(EXAMPLES, LONG, 0)
    assert hasty.count < 10
    assert patient.count > 10


def test_more_of_what_speaks_for_a_pair_never_lowers_its_probability() -> None:
    trees = fit_trees(EXAMPLES, LONG, 0)
    row = np.repeat(EXAMPLES.features[:1], 50, axis=0)
    row[:, column("score")] = np.linspace(-4, 4, 50)
    rising = trees.probabilities(row)
    assert np.all(np.diff(rising) >= 0)
    assert rising[-1] > rising[0]


def test_probabilities_are_true_whatever_weight_right_pairs_have() -> None:
    """Trees of weighted pairs say too much; what they say is scaled on held-out pairs."""
    for weight in (1.0, 10.0):
        trees = fit_trees(EXAMPLES, replace(LONG, right_weight=weight), 0)
        other = noisy_examples(seed=1)
        assert trees.probabilities(other.features).mean() == pytest.approx(
            other.right.mean(), abs=0.04
        )


def test_pairs_that_one_signal_separates_stay_finite() -> None:
    examples = separable_examples()
    trees = fit_trees(examples, LONG, 0)
    found = trees.probabilities(examples.features)
    assert np.isfinite([trees.slope, trees.shift]).all()
    assert found[examples.right].min() > found[~examples.right].max()


@pytest.mark.parametrize("right", [True, False])
def test_labels_of_one_kind_alone_can_be_fitted(right: bool) -> None:
    same = replace(EXAMPLES, right=np.full(len(EXAMPLES.right), right))
    found = fit_trees(same, QUICK, 0).probabilities(same.features)
    assert np.isfinite(found).all()
    assert (found > 0.5).all() == right


def test_two_values_are_scaled_to_the_smoothed_shares() -> None:
    """3 of 4 right at sum 1, 1 of 4 at sum -1; with 4 right and 4 wrong the targets are 5/6, 1/6.

    Two parameters meet two means: at 1, (3 * 5/6 + 1/6) / 4 = 2/3; at -1, 1/3. So the slope is
    ln 2 and the shift 0.
    """
    sums = np.array([1, 1, 1, 1, -1, -1, -1, -1], dtype=np.float32)
    right = np.array([True, True, True, False, True, False, False, False])
    slope, shift = scaled(sums, right)
    assert slope == pytest.approx(np.log(2), abs=1e-4)
    assert shift == pytest.approx(0, abs=1e-4)


def test_a_separable_case_is_scaled_to_the_targets() -> None:
    """Both right at 1, both wrong at -1: the log-odds of Platt's 3/4 are ln 3, not infinite."""
    slope, shift = scaled(
        np.array([1, 1, -1, -1], dtype=np.float32), np.array([True, True, False, False])
    )
    assert slope == pytest.approx(np.log(3), abs=1e-4)
    assert shift == pytest.approx(0, abs=1e-4)


def test_sums_that_are_wrong_way_round_do_not_turn_the_order() -> None:
    sums = np.array([1, 1, -1, -1], dtype=np.float32)
    slope, _ = scaled(sums, np.array([False, False, True, True]))
    assert slope == LOWEST_SLOPE > 0


def test_queries_that_were_selected_neither_stop_the_fitting_nor_scale_the_sums() -> None:
    """Where all selected queries have a wrong answer, probabilities stay those of the others."""
    chosen = EXAMPLES.queries >= 150
    wrong = replace(EXAMPLES, right=EXAMPLES.right & ~chosen)
    spared = fit_trees(replace(wrong, selected=chosen), QUICK, 0)
    mixed = fit_trees(wrong, QUICK, 0)

    share = EXAMPLES.right[~chosen].mean()
    off = [abs(_mean(trees, ~chosen) - share) for trees in (spared, mixed)]

    assert off[0] < off[1] / 2


def _mean(trees: Trees, rows: np.typing.NDArray[np.bool_]) -> float:
    return float(trees.probabilities(EXAMPLES.features[rows]).mean())
