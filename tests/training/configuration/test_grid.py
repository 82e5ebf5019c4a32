from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.errors import ConfigurationError
from training.configuration.grid import Cell, read_grid
from training.configuration.layers import Layer
from training.configuration.read import defaults_of
from training.names import Variant
from training.recipes import RECIPES


def grid(**table: Any) -> tuple[Cell, ...]:
    return read_grid([Layer("grid.toml", table)])


def test_without_a_section_every_recipe_runs_in_every_variant_with_three_seeds() -> None:
    cells = grid()

    assert len(cells) == len({(one.recipe, one.variant, one.seed) for one in cells})
    assert len(cells) == len(RECIPES) * 4 * 3


def test_a_cell_is_its_recipe_with_the_losses_of_its_variant_and_its_seed() -> None:
    cells = grid(compare={"recipes": ["ngame"], "variants": ["tcm", "alc+tcm"], "seeds": [7]})

    whole = defaults_of("ngame")
    with_seed = replace(whole, training=replace(whole.training, seed=7))
    without_alc = replace(with_seed, training=replace(with_seed.training, alc=None))
    assert cells == (
        Cell("ngame", Variant.TCM, 7, without_alc),
        Cell("ngame", Variant.BOTH, 7, with_seed),
    )
    assert [one.settings.training.tcm for one in grid(compare={"variants": ["none"]})] == [
        None for _ in range(len(RECIPES) * 3)
    ]


def test_what_else_the_file_says_applies_to_every_cell() -> None:
    cells = grid(split="open", training={"epochs": 2, "alc": {"negatives": 3}})

    assert {one.settings.split for one in cells} == {"open"}
    assert {one.settings.training.epochs for one in cells} == {2}
    with_alc = {one.settings.training.alc for one in cells if "alc" in one.variant}
    assert {alc.negatives for alc in with_alc if alc} == {3}
    assert None not in with_alc


def test_a_later_layer_wins_in_the_grid_too() -> None:
    layers = [
        Layer("grid.toml", {"compare": {"seeds": [1, 2], "recipes": ["ngame"]}}),
        Layer("--set compare.seeds=[5]", {"compare": {"seeds": [5]}}),
    ]
    assert {(one.recipe, one.seed) for one in read_grid(layers)} == {("ngame", 5)}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"recipe": "ngame"}, "recipe is set by compare.recipes; leave it out"),
        ({"training": {"seed": 1}}, "training.seed is set by compare.seeds; leave it out"),
        ({"compare": {"seed": [1]}}, "compare.seed is not a field; did you mean compare.seeds?"),
        ({"compare": {"seeds": []}}, "compare.seeds needs at least 1 value, and none twice"),
        ({"compare": {"seeds": [1, 1]}}, "compare.seeds needs at least 1 value, and none twice"),
        ({"compare": {"seeds": [-1]}}, "compare.seeds must be at least 0, got -1"),
        ({"compare": {"recipes": ["best"]}}, "compare.recipes must be of softmax, "),
        ({"compare": {"variants": ["all"]}}, "compare.variants item 1: must be 'none', "),
        ({"training": {"epohs": 1}}, "training.epohs is not a field"),
    ],
)
def test_a_grid_that_cannot_run_is_refused_as_a_whole(table: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        grid(**table)

    assert str(refused.value).startswith(f"grid.toml: {said}")


def test_a_loss_that_is_off_cannot_be_part_of_a_variant() -> None:
    with pytest.raises(ConfigurationError, match=r"training\.alc is off, but compare\.variants"):
        grid(training={"alc": False})

    assert grid(training={"alc": False}, compare={"variants": ["none", "tcm"]})
