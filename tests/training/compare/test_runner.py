from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from models.errors import ConfigurationError, DataError
from tests.training.compare.runs import cell, result
from training.compare.cell import GridCell, GridPlan
from training.compare.result import RunResult, read_result
from training.compare.runner import PLAN_FILE, RUNS_DIRECTORY, read_grid, run_grid
from training.names import Variant

CELLS = tuple(cell(variant, seed) for seed in (0, 1) for variant in (Variant.NONE, Variant.TCM))
PLAN = GridPlan("d" * 64, "offers", CELLS)


class Killed(BaseException):
    """What a signal does to a process, for a test."""


class Trainer:
    """Counts what it runs, and is killed before the run that it is told."""

    def __init__(self, killed_at: int | None = None) -> None:
        self.run: list[GridCell] = []
        self.heard: list[bool] = []
        self.killed_at = killed_at

    def __call__(self, one: GridCell) -> RunResult:
        if len(self.run) == self.killed_at:
            raise Killed
        self.run.append(one)
        return result(one, right=80 + one.seed)

    def hear(self, one: GridCell, found: RunResult, finished: bool) -> None:
        assert found.cell == one
        self.heard.append(finished)


def grid(plan: GridPlan, directory: Path, trainer: Trainer) -> tuple[RunResult, ...]:
    return run_grid(plan, trainer, directory, trainer.hear)


def test_every_cell_is_run_and_its_result_reads_back(tmp_path: Path) -> None:
    results = grid(PLAN, tmp_path, Trainer())
    assert tuple(one.cell for one in results) == CELLS
    assert read_grid(tmp_path) == results


def test_after_a_kill_only_what_is_missing_is_run(tmp_path: Path) -> None:
    with pytest.raises(Killed):
        grid(PLAN, tmp_path, Trainer(killed_at=3))
    assert len(read_grid(tmp_path)) == 3
    again = Trainer()
    results = grid(PLAN, tmp_path, again)
    assert again.run == [CELLS[3]]
    assert again.heard == [True, True, True, False]
    assert results == grid(PLAN, tmp_path, Trainer(killed_at=0))


def test_a_directory_may_grow_by_seeds(tmp_path: Path) -> None:
    grid(replace(PLAN, cells=CELLS[:2]), tmp_path, Trainer())
    trainer = Trainer()
    grid(PLAN, tmp_path, trainer)
    assert trainer.run == list(CELLS[2:])


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAN, data_digest="e" * 64),
        replace(PLAN, split="open"),
        replace(PLAN, cells=CELLS[1:]),
        replace(PLAN, cells=(replace(CELLS[0], settings_digest="x"), *CELLS[1:])),
    ],
    ids=["data", "split", "fewer", "settings"],
)
def test_a_directory_with_another_grid_is_refused(tmp_path: Path, other: GridPlan) -> None:
    grid(PLAN, tmp_path, Trainer())
    before = (tmp_path / PLAN_FILE).read_text()
    trainer = Trainer()
    with pytest.raises(ConfigurationError, match="use another"):
        grid(other, tmp_path, trainer)
    assert trainer.run == []
    assert (tmp_path / PLAN_FILE).read_text() == before


def test_the_result_of_another_run_is_refused(tmp_path: Path) -> None:
    grid(PLAN, tmp_path, Trainer())
    first, second = (tmp_path / RUNS_DIRECTORY / one.file for one in CELLS[:2])
    first.write_bytes(second.read_bytes())
    with pytest.raises(ConfigurationError, match=CELLS[0].file):
        grid(PLAN, tmp_path, Trainer())


def test_a_damaged_result_is_named(tmp_path: Path) -> None:
    grid(PLAN, tmp_path, Trainer())
    file = tmp_path / RUNS_DIRECTORY / CELLS[0].file
    file.write_text(file.read_text()[:-50])
    with pytest.raises(DataError, match=f"(?s){CELLS[0].file}.*Remove it"):
        read_result(file)
    file.write_text('{"unknown": 1}')
    with pytest.raises(DataError, match="unknown"):
        grid(PLAN, tmp_path, Trainer())


def test_a_directory_without_finished_runs_has_no_results(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="plan of a comparison"):
        read_grid(tmp_path)
    with pytest.raises(Killed):
        grid(PLAN, tmp_path, Trainer(killed_at=0))
    with pytest.raises(DataError, match="no run"):
        read_grid(tmp_path)
