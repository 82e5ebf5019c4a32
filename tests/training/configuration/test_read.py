from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from models.errors import BundleError, ConfigurationError
from training.configuration.layers import Layer
from training.configuration.read import bundle_layer, defaults_of, read_settings
from training.pipeline_settings import PipelineSettings
from training.recipes import RECIPES


def test_without_anything_written_the_defaults_apply() -> None:
    assert read_settings([]) == PipelineSettings()


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_gives_the_defaults(recipe: str) -> None:
    layer = Layer("run.toml", {"recipe": recipe})

    assert read_settings([layer]) == defaults_of(recipe)
    assert read_settings([layer]).recipe == recipe
    assert read_settings([layer]).training == RECIPES[recipe]()


def test_recipes_differ_and_single_fields_win_over_them() -> None:
    layers = [
        Layer("run.toml", {"recipe": "softmax", "training": {"epochs": 2}}),
        Layer("--recipe", {"recipe": "ngame"}),
    ]

    found = read_settings(layers)

    assert found.training.base == "triplet"
    assert found.training.epochs == 2


@pytest.mark.parametrize("recipe", ["softmix", 3, ["softmax"]])
def test_an_unknown_recipe_is_refused_with_those_there_are(recipe: object) -> None:
    with pytest.raises(ConfigurationError, match=r"^run\.toml: recipe must be one of softmax, "):
        read_settings([Layer("run.toml", {"recipe": recipe})])


def test_a_directory_without_a_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"manifest\.json: cannot be read"):
        bundle_layer(tmp_path)


def test_a_configuration_is_checked_without_waiting_for_torch() -> None:
    script = "import sys, training.configuration.grid; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
