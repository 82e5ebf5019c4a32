"""What a process loads: the service runs where nothing of the trainer is installed."""

from __future__ import annotations

import subprocess
import sys

import pytest

TRAINER_ONLY = {"torch", "sklearn", "matplotlib", "training"}
EVERY_MODEL = """
import importlib, models, pkgutil
for module in pkgutil.walk_packages(models.__path__, "models."):
    importlib.import_module(module.name)
"""


def loaded_by(statement: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has after this statement."""
    program = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(ended.stdout.split())


@pytest.mark.parametrize("module", ["service.app", "service.server"])
def test_the_service_loads_nothing_of_the_trainer(module: str) -> None:
    loaded = loaded_by(f"import {module}")
    assert {"service", "models", "faiss", "fastapi"} <= loaded
    assert loaded & TRAINER_ONLY == set()
    assert "xgboost" not in loaded  # but when a bundle has a decider


def test_models_load_neither_trainer_nor_service() -> None:
    loaded = loaded_by(EVERY_MODEL)
    assert "faiss" in loaded
    assert loaded & (TRAINER_ONLY | {"service", "fastapi"}) == set()


def test_the_command_that_serves_answers_help_without_its_weight() -> None:
    loaded = loaded_by("import service.cli")
    assert "typer" in loaded
    assert loaded & (TRAINER_ONLY | {"faiss", "fastapi", "scipy"}) == set()


def test_the_command_that_trains_answers_help_without_torch() -> None:
    loaded = loaded_by("import training.cli")
    assert "typer" in loaded
    assert loaded & {"torch", "sklearn", "matplotlib", "service"} == set()
