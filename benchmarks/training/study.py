"""What a study is: one data set, one split, a grid of methods, and what they are held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from training.comparison import BASELINE
from training.configuration.grid import Cell, read_grid
from training.configuration.layers import Layer
from training.data.splits import SplitKind
from training.names import Variant
from training.recipes import RECIPES

OMIKUJI = "Omikuji"
ALL_VARIANTS = tuple(Variant)
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Goal:
    """What a recipe with TCM and ALC should reach in a measure, as a mean over the seeds.

    `floor`: at least `asked`. `gain`: more than with TCM alone. `ahead`: more than the baseline
    `over`. `promise`: the precision that a promise realises is at least the promised `asked`.
    `decider`: with the decider at least `asked` more than by the score, and more at all.
    """

    kind: Literal["floor", "gain", "ahead", "promise", "decider"]
    measure: str
    asked: float = 0.0
    over: str = BASELINE


@dataclass(frozen=True, slots=True)
class Study:
    """Runs over one data set and split.

    `data` and `settings` are what a configuration file would say in `[data]` and elsewhere; paths
    are relative to the folder of all data, in which `folder` must be there (None: the sample that
    comes with the software). `columns` of the table of baselines, where it has others than the
    comparison. The best recipe is the one with the highest mean `chosen_by`, with TCM and ALC.
    """

    name: str
    data: Table
    split: SplitKind
    goals: tuple[Goal, ...]
    folder: str | None = None
    recipes: tuple[str, ...] = tuple(RECIPES)
    variants: tuple[Variant, ...] = (Variant.TCM, Variant.BOTH)
    baselines: tuple[str, ...] = (BASELINE,)
    settings: Table = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    chosen_by: str = "C@1(0.95)"

    def missing_folder(self, data: Path) -> Path | None:
        """Return the folder that the study needs and `data` does not have."""
        if self.folder is None or (data / self.folder).is_dir():
            return None
        return data / self.folder


def cells_of(study: Study, seeds: Sequence[int], data: Path) -> tuple[Cell, ...]:
    """Return the runs that are trained; raise ConfigurationError for settings of no use."""
    compare = {"recipes": study.recipes, "variants": study.variants, "seeds": seeds}
    table = {
        "compare": {name: list(values) for name, values in compare.items()},
        "data": dict(study.data),
        "split": study.split.value,
    }
    layers = [Layer(f"study {study.name}", part, data) for part in (table, study.settings)]
    return read_grid(layers)
