"""Make the runs of a study, each in a process with one thread, however many at a time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import torch
from threadpoolctl import threadpool_limits

from benchmarks.training.omikuji_baseline import omikuji_answers
from benchmarks.training.study import OMIKUJI, Study, cells_of
from models.bundle.manifest import configuration_digest
from training.compare.cell import GridCell
from training.compare.result import RunResult
from training.compare.runner import RUNS_DIRECTORY, OnCell, run_grid
from training.comparison import Comparison, baseline_result, planned, run_cell
from training.configuration.grid import Cell
from training.data.load import load_data
from training.names import Variant

_comparison: Comparison | None = None  # of a worker, set when it starts


def run_study(
    study: Study, seeds: Sequence[int], data: Path, out: Path, jobs: int, on_cell: OnCell
) -> tuple[RunResult, ...]:
    """Return the results of the study, those that `out` has from before included.

    `jobs` runs are made at a time, which changes no number but the times. Raise as `run_grid`,
    and DataError when the data set cannot be read.
    """
    comparison = comparison_of(study, seeds, data)
    plan, directory = comparison.plan, out / study.name
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _start_worker, (comparison,))
    started: dict[str, Future[RunResult]] = {}

    def run_one(cell: GridCell) -> RunResult:
        if not started:  # the directory has been found fit by now
            runs = directory / RUNS_DIRECTORY
            missing = [one for one in plan.cells if not (runs / one.file).exists()]
            started.update((one.file, pool.submit(_run, one)) for one in missing)
        return started[cell.file].result()

    try:
        return run_grid(plan, run_one, directory, on_cell)
    finally:
        pool.shutdown(cancel_futures=True)


def comparison_of(study: Study, seeds: Sequence[int], data: Path) -> Comparison:
    """Return what the study runs, its baselines first."""
    cells = cells_of(study, seeds, data)
    loaded = load_data(cells[0].settings.data)
    comparison = planned(study.name, loaded.dataset, cells)
    return with_omikuji(comparison, cells) if OMIKUJI in study.baselines else comparison


def with_omikuji(comparison: Comparison, cells: Sequence[Cell]) -> Comparison:
    """Return the comparison with a run of Omikuji for each seed."""
    own = [
        GridCell(OMIKUJI, Variant.NONE, seed, configuration_digest({}))
        for seed in dict.fromkeys(cell.seed for cell in cells)
    ]
    plan = replace(comparison.plan, cells=(*own, *comparison.plan.cells))
    settings = dict(comparison.settings) | {one.file: cells[0].settings for one in own}
    return replace(comparison, plan=plan, settings=settings)


def _start_worker(comparison: Comparison) -> None:
    global _comparison
    _comparison = comparison
    torch.set_num_threads(1)
    threadpool_limits(1)


def _run(cell: GridCell) -> RunResult:
    assert _comparison is not None
    if cell.recipe == OMIKUJI:
        return baseline_result(_comparison, cell, partial(omikuji_answers, threads=1))
    return run_cell(_comparison, cell, datetime.now(UTC), time.monotonic, lambda _: None)
