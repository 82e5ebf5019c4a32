from __future__ import annotations

from tests.training.products import small_shop
from training.comparison import BASELINE, planned
from training.configuration.grid import read_grid
from training.configuration.layers import Layer


def test_all_methods_are_run_on_one_seed_before_the_next() -> None:
    """A comparison that is stopped early has compared all of them on the seeds it finished."""
    table = {"compare": {"recipes": ["softmax", "ngame"], "seeds": [3, 4]}}

    cells = planned("shop", small_shop(), read_grid([Layer("grid.toml", table)])).plan.cells

    assert [one.recipe for one in cells[:2]] == [BASELINE] * 2
    assert [one.seed for one in cells[2:]] == [3] * 8 + [4] * 8
    assert len({one.file for one in cells}) == len(cells)
    assert len({one.settings_digest for one in cells[2:]}) == 16
