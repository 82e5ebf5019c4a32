from __future__ import annotations

import pytest

from tests.training.compare.runs import cell, result
from training.compare.gain import gain_table, gains
from training.compare.result import RunResult
from training.names import Variant


def runs(recipe: str, tcm: list[int], both: list[int]) -> list[RunResult]:
    return [
        *(result(cell(Variant.TCM, seed, recipe), right) for seed, right in enumerate(tcm)),
        *(result(cell(Variant.BOTH, seed, recipe), right) for seed, right in enumerate(both)),
    ]


def test_the_gain_is_paired_by_seed() -> None:
    """Differences 0.01, 0.02 and -0.03, though the seeds themselves differ by 0.2."""
    (first, *_) = gains(runs("softmax", [60, 70, 80], [61, 72, 77]))
    assert (first.measure, first.better) == ("P@1", 2)
    assert first.differences.mean == pytest.approx(0.0)
    assert first.differences.deviation == pytest.approx(0.0264575)


def test_a_loss_is_shown_as_it_is() -> None:
    row = gain_table(gains(runs("softmax", [80, 80], [70, 72])))[1]
    assert row == ["softmax", "P@1", "2", "-0.0900", "0.0141", "0 of 2"]


def test_each_recipe_has_its_own_gain_and_seeds_without_a_partner_are_left_out() -> None:
    found = gains([*runs("softmax", [60, 70], [61]), *runs("ngame", [50], [60])])
    assert [(one.recipe, one.differences.count) for one in found if one.measure == "P@1"] == [
        ("softmax", 1),
        ("ngame", 1),
    ]
    assert found[0].differences.deviation is None
    assert gains(runs("softmax", [60], [])) == ()


def test_other_variants_can_be_compared() -> None:
    results = [result(cell(Variant.NONE, 0), 60), result(cell(Variant.TCM, 0), 75)]
    (first, *_) = gains(results, over=Variant.NONE, of=Variant.TCM)
    assert first.differences.mean == pytest.approx(0.15)
