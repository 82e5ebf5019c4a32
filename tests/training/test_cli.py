from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer.main

from tests.training.commands.customer import Run, Tables
from training.cli import app
from training.loop.step import Step
from training.recipes import RECIPES

COMMANDS = [*typer.main.get_command(app).commands]  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_each_command_and_option_does(run: Run, command: str) -> None:
    ended = run(command, "--help")

    found = typer.main.get_command(app).commands[command]  # type: ignore[attr-defined]
    assert (ended.status, ended.err) == (0, "")
    assert found.help.splitlines()[0].split()[0] in ended.out
    assert "[" not in found.help  # which would be read as markup, and not be printed
    assert all(option.help.endswith((".", "?")) for option in found.params)


@pytest.mark.parametrize("command", ["fit", "compare", "settings"])
def test_help_lists_the_recipes(run: Run, command: str) -> None:
    ended = run(command, "--help")

    words = ended.out.replace(",", " ").replace(".", " ").split()
    assert {*RECIPES} <= {*words}


def test_help_needs_no_torch() -> None:
    listed = "import sys, training.cli; print('torch' in sys.modules, 'scipy' in sys.modules)"

    ended = subprocess.run([sys.executable, "-c", listed], capture_output=True, text=True)

    assert ended.stdout == "False True\n"


def test_an_interrupted_run_is_one_line_status_130_and_leaves_what_was_current(
    run: Run, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("fit", *tables.arguments)
    before = _files(tables.bundles)

    def press_ctrl_c_after_a_step(_: object) -> Callable[[Step], None]:
        return lambda _step: signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("training.progress.training_bar", press_ctrl_c_after_a_step)
    ended = run("fit", *tables.arguments)

    assert ended.status == 130
    assert ended.err.endswith("\ninterrupted; what was published before is untouched\n")
    assert "Traceback" not in ended.err
    assert _files(tables.bundles) == before


def _files(directory: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in directory.rglob("*") if file.is_file()}
