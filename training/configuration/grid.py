"""A grid of runs: methods, each with and without the additional losses, over several seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from models.errors import ConfigurationError
from training.configuration.layers import Layer
from training.configuration.overlay import overlay
from training.configuration.read import defaults_of
from training.names import Variant
from training.pipeline_settings import PipelineSettings
from training.recipes import RECIPES, in_variant

SECTION = "compare"
GIVEN_BY_GRID = {("recipe",): "recipes", ("training", "seed"): "seeds"}


@dataclass(frozen=True, slots=True)
class CompareSettings:
    """Every method is run in every variant with every seed."""

    recipes: tuple[str, ...] = tuple(RECIPES)
    """The methods, by recipe."""

    variants: tuple[Variant, ...] = tuple(Variant)
    """The losses on top of each: any of "none", "tcm", "alc" and "alc+tcm"."""

    seeds: tuple[int, ...] = (0, 1, 2)
    """Of the split and the training; mean and standard deviation are over these."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        for name in ("recipes", "variants", "seeds"):
            values = getattr(self, name)
            if not values or len(set(values)) < len(values):
                raise ConfigurationError(f"{name} needs at least 1 value, and none twice")
        if min(self.seeds) < 0:
            raise ConfigurationError(f"seeds must be at least 0, got {min(self.seeds)}")
        for name in self.recipes:
            if name not in RECIPES:
                raise ConfigurationError(f"recipes must be of {', '.join(RECIPES)}, got {name!r}")


@dataclass(frozen=True, slots=True)
class Cell:
    """One run of a grid."""

    recipe: str
    variant: Variant
    seed: int
    settings: PipelineSettings


@dataclass(frozen=True, slots=True)
class _GridFile:
    compare: CompareSettings = field(default_factory=CompareSettings)


def read_grid(layers: Sequence[Layer]) -> tuple[Cell, ...]:
    """Return the runs, those of one method together; all are checked before any starts.

    `[compare]` says which; the other fields apply to each of them. Raise ConfigurationError for
    fields that cannot be used, those that the grid itself sets included.
    """
    compare = overlay(_GridFile(), _only(layers)).compare
    others = _without(layers)
    _check_left_to_grid(others)
    return tuple(
        Cell(recipe, variant, seed, _settings(recipe, variant, seed, others))
        for recipe, variant, seed in product(compare.recipes, compare.variants, compare.seeds)
    )


def _settings(
    recipe: str, variant: Variant, seed: int, layers: Sequence[Layer]
) -> PipelineSettings:
    settings = overlay(defaults_of(recipe), layers)
    training = settings.training
    for name, loss, needed in (
        ("tcm", training.tcm, variant.has_tcm),
        ("alc", training.alc, variant.has_alc),
    ):
        if needed and loss is None:
            raise ConfigurationError(
                f"training.{name} is off, but {SECTION}.variants has '{variant}'; leave one out"
            )
    return replace(settings, training=replace(in_variant(training, variant), seed=seed))


def _only(layers: Sequence[Layer]) -> list[Layer]:
    return [
        replace(one, table={SECTION: one.table[SECTION]}) for one in layers if SECTION in one.table
    ]


def _without(layers: Sequence[Layer]) -> list[Layer]:
    return [
        replace(one, table={name: value for name, value in one.table.items() if name != SECTION})
        for one in layers
    ]


def _check_left_to_grid(layers: Sequence[Layer]) -> None:
    for path, name in GIVEN_BY_GRID.items():
        for layer in layers:
            if layer.gives(path):
                raise ConfigurationError(
                    f"{layer.name}: {'.'.join(path)} is set by {SECTION}.{name}; leave it out"
                )
