"""The settings of a run, from files, options and bundles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from models.bundle.manifest import MANIFEST_FILE, read_manifest
from models.errors import ConfigurationError
from training.configuration.layers import Layer, merged
from training.configuration.overlay import overlay
from training.pipeline_settings import PipelineSettings
from training.recipes import RECIPES

DEFAULTS = PipelineSettings()


def read_settings(layers: Sequence[Layer]) -> PipelineSettings:
    """Return the defaults of the recipe that the layers name, with all that they change.

    Later layers win. Raise ConfigurationError naming layer and field for whatever cannot be used.
    """
    return overlay(defaults_of(_recipe(layers)), layers)


def defaults_of(recipe: str) -> PipelineSettings:
    """Return the settings of a recipe that nobody changed."""
    return PipelineSettings(recipe=recipe, training=RECIPES[recipe]())


def bundle_layer(directory: Path) -> Layer:
    """Return the settings that a bundle was made with; raise BundleError when it cannot be read."""
    # A bundle that is older than the decider has none, whatever the default is now.
    configuration = {"decider": None, **read_manifest(directory).configuration}
    return Layer(str(directory / MANIFEST_FILE), configuration)


def _recipe(layers: Sequence[Layer]) -> str:
    recipe = merged(layers).get("recipe", DEFAULTS.recipe)
    if isinstance(recipe, str) and recipe in RECIPES:
        return recipe
    source = next(layer.name for layer in reversed(layers) if "recipe" in layer.table)
    raise ConfigurationError(
        f"{source}: recipe must be one of {', '.join(RECIPES)}, got {recipe!r}"
    )
