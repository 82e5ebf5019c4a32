"""The grid: which methods are trained in which variants with which seeds."""

from __future__ import annotations

from dataclasses import dataclass

from models.errors import ConfigurationError
from training.names import Variant


@dataclass(frozen=True, slots=True)
class GridCell:
    """One run; `settings_digest` is that of all settings that it is trained with."""

    recipe: str
    variant: Variant
    seed: int
    settings_digest: str

    @property
    def model(self) -> str:
        """Return the name of the row that this run is one seed of."""
        return self.recipe if self.variant is Variant.NONE else f"{self.recipe} + {self.variant}"

    @property
    def file(self) -> str:
        """Return the name of the file that holds its result."""
        return f"{self.recipe}-{self.variant.replace('+', '-')}-seed{self.seed}.json"


@dataclass(frozen=True, slots=True)
class GridPlan:
    """All runs over one data set and one kind of split, in the order in which they are made."""

    data_digest: str
    split: str
    cells: tuple[GridCell, ...]

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a plan without runs, or with one run twice."""
        if not self.cells:
            raise ConfigurationError("a comparison needs at least one recipe, variant and seed")
        files = [cell.file for cell in self.cells]
        twice = sorted({file for file in files if files.count(file) > 1})
        if twice:
            raise ConfigurationError(f"a comparison names a run twice: {twice[0]}")
