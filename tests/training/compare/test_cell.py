from __future__ import annotations

import pytest

from models.errors import ConfigurationError
from training.compare.cell import GridCell, GridPlan
from training.names import Variant


def plan(*variants: Variant) -> GridPlan:
    cells = tuple(GridCell("softmax", variant, 0, "digest") for variant in variants)
    return GridPlan("d", "offers", cells)


def test_a_cell_names_its_model_and_what_is_added() -> None:
    none, tcm, alc, both = plan(*Variant).cells
    assert [one.model for one in (none, tcm, alc, both)] == [
        "softmax",
        "softmax + tcm",
        "softmax + alc",
        "softmax + alc+tcm",
    ]
    assert [(one.variant.has_tcm, one.variant.has_alc) for one in (none, tcm, alc, both)] == [
        (False, False),
        (True, False),
        (False, True),
        (True, True),
    ]


def test_an_empty_plan_and_one_run_twice_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="at least one"):
        plan()
    with pytest.raises(ConfigurationError, match="twice: softmax-none-seed0"):
        plan(Variant.NONE, Variant.NONE)
