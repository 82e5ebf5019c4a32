from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.training.goals import best_recipe, goals_table, outcomes
from benchmarks.training.study import Goal
from tests.benchmarks.training.studies import SMALL
from tests.training.compare.runs import cell, result
from training.compare.result import RunResult
from training.names import Variant

BOTH = ("softmax", "ngame")
STUDY = replace(SMALL, recipes=BOTH)
PLUS_MINUS = "\N{PLUS-MINUS SIGN}"


def runs(recipe: str, variant: Variant, *right: int) -> list[RunResult]:
    """Return a run per number of right answers of 100, each of a seed of its own."""
    return [result(cell(variant, seed, recipe), count) for seed, count in enumerate(right)]


# With both losses, softmax has P@1 0.80 on average and ngame 0.70; the baseline has 0.75.
RESULTS = [
    *runs("TF-IDF", Variant.NONE, 75, 75),
    *runs("softmax", Variant.TCM, 76, 80),
    *runs("softmax", Variant.BOTH, 78, 82),
    *runs("ngame", Variant.TCM, 75, 75),
    *runs("ngame", Variant.BOTH, 70, 70),
]


def test_the_best_recipe_has_the_highest_mean_with_both_losses() -> None:
    assert best_recipe(STUDY, RESULTS) == "softmax"
    turned = replace(STUDY, recipes=tuple(reversed(BOTH)))
    assert best_recipe(turned, RESULTS) == "softmax"
    assert best_recipe(replace(turned, chosen_by="no such measure"), RESULTS) == "ngame"


@pytest.mark.parametrize(
    ("goal", "asked", "shown", "is_met"),
    [
        (Goal("floor", "P@1", 0.80), ">= 0.8", f"0.800 {PLUS_MINUS} 0.028", True),
        (Goal("floor", "P@1", 0.81), ">= 0.81", f"0.800 {PLUS_MINUS} 0.028", False),
        (
            Goal("ahead", "P@1"),
            f"> 0.750 {PLUS_MINUS} 0.000 (TF-IDF)",
            f"0.800 {PLUS_MINUS} 0.028",
            True,
        ),
        (Goal("gain", "P@1"), "> 0", f"+0.0200 {PLUS_MINUS} 0.0000", True),
        # Of 100 queries the threshold 0.5 accepts the upper 50, all right.
        (
            Goal("promise", "realised precision(0.90)", 0.9),
            ">= 0.9",
            f"1.000 {PLUS_MINUS} 0.000, 0 of 0",
            True,
        ),
        # Nothing could be promised at 0.95, so nothing was realised.
        (Goal("promise", "realised precision(0.95)", 0.95), ">= 0.95", "-, 0 of 0", None),
    ],
    ids=["reached", "missed", "ahead", "gain", "promise", "no-promise"],
)
def test_a_goal_is_judged_by_the_best_recipe(
    goal: Goal, asked: str, shown: str, is_met: bool | None
) -> None:
    (found,) = outcomes(replace(STUDY, goals=(goal,)), RESULTS)
    assert (found.asked, found.reached["softmax"], found.is_met) == (asked, shown, is_met)
    assert found.best == "softmax"


def test_equal_to_the_baseline_is_not_ahead_of_it() -> None:
    equal = [*runs("TF-IDF", Variant.NONE, 80), *runs("softmax", Variant.BOTH, 80)]
    (found,) = outcomes(replace(STUDY, goals=(Goal("ahead", "P@1"),)), equal)
    assert found.is_met is False


def test_the_table_shows_every_recipe_beside_the_best() -> None:
    goals = (Goal("ahead", "P@1"), Goal("gain", "P@1"))
    header, ahead, gain = goals_table(outcomes(replace(STUDY, goals=goals), RESULTS))
    assert header == ["study", "measure", "asked", *BOTH, "best", "reached"]
    assert ahead[header.index("ngame")] == f"0.700 {PLUS_MINUS} 0.000"
    assert gain[header.index("ngame")] == f"-0.0500 {PLUS_MINUS} 0.0000"
    assert (ahead[-2:], gain[-2:]) == (["softmax", "yes"], ["softmax", "yes"])
