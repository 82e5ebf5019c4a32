from __future__ import annotations

import pytest

from models.errors import ConfigurationError
from training.compare.cell import GridPlan, plan_grid
from training.names import Variant


def plan(recipes: list[str], variants: list[Variant], seeds: list[int]) -> GridPlan:
    return plan_grid("d", "offers", recipes, variants, seeds, lambda *names: str(names))


def test_all_methods_are_run_on_one_seed_before_the_next() -> None:
    cells = plan(["softmax", "ngame"], list(Variant), [0, 1, 2]).cells
    assert len(cells) == 2 * 4 * 3
    assert [one.seed for one in cells] == [0] * 8 + [1] * 8 + [2] * 8
    assert len({one.file for one in cells}) == len({one.settings_digest for one in cells}) == 24


def test_a_cell_names_its_model_and_what_is_added() -> None:
    none, tcm, alc, both = plan(["ngame"], list(Variant), [0]).cells
    assert [one.model for one in (none, tcm, alc, both)] == [
        "ngame",
        "ngame + tcm",
        "ngame + alc",
        "ngame + alc+tcm",
    ]
    assert [(one.variant.has_tcm, one.variant.has_alc) for one in (none, tcm, alc, both)] == [
        (False, False),
        (True, False),
        (False, True),
        (True, True),
    ]


def test_an_empty_plan_and_one_run_twice_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="at least one"):
        plan([], list(Variant), [0])
    with pytest.raises(ConfigurationError, match="twice: softmax-none-seed0"):
        plan(["softmax"], [Variant.NONE], [0, 0])
