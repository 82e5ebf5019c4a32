"""Make the runs of a grid; what is finished stays finished when the process is killed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from models.bundle.durable import replace_text
from models.errors import ConfigurationError, DataError
from training.compare.cell import GridCell, GridPlan
from training.compare.result import RunResult, read_result, write_result

PLAN_FILE = "grid.json"
RUNS_DIRECTORY = "runs"

_PLAN = TypeAdapter(GridPlan)
RunOne = Callable[[GridCell], RunResult]
OnCell = Callable[[GridCell, RunResult, bool], None]


def run_grid(
    plan: GridPlan, run_one: RunOne, directory: Path, on_cell: OnCell
) -> tuple[RunResult, ...]:
    """Return the result of every cell, in the plan's order; finished ones are read, not run.

    `on_cell` hears of each cell with its result, and whether it was read. Each result is written
    when it is there, so a kill loses at most the run that was under way. A directory may grow: a
    plan with further recipes, variants or seeds continues it. Raise ConfigurationError when the
    directory holds other data, another split, other settings or runs that are not planned, and
    DataError when a result in it is damaged.
    """
    runs = directory / RUNS_DIRECTORY
    runs.mkdir(parents=True, exist_ok=True)
    _claim(plan, directory / PLAN_FILE)
    return tuple(_result(plan, cell, run_one, runs / cell.file, on_cell) for cell in plan.cells)


def read_grid(directory: Path) -> tuple[RunResult, ...]:
    """Return the results that are finished so far, in the plan's order.

    Raise DataError when the directory holds no grid, or none of its runs is finished.
    """
    plan = _read_plan(directory / PLAN_FILE)
    files = [directory / RUNS_DIRECTORY / cell.file for cell in plan.cells]
    results = tuple(read_result(file) for file in files if file.exists())
    if not results:
        raise DataError(f"{directory}: no run of this comparison is finished yet")
    return results


def _result(
    plan: GridPlan, cell: GridCell, run_one: RunOne, file: Path, on_cell: OnCell
) -> RunResult:
    finished = file.exists()
    result = read_result(file) if finished else run_one(cell)
    _check(plan, cell, result, file)
    if not finished:
        write_result(result, file)
    on_cell(cell, result, finished)
    return result


def _check(plan: GridPlan, cell: GridCell, result: RunResult, file: Path) -> None:
    made_for = (result.cell, result.data_digest, result.split)
    if made_for != (cell, plan.data_digest, plan.split):
        raise ConfigurationError(
            f"{file}: is the result of another run than {cell.model}, seed {cell.seed}, with these"
            " settings and data; use another directory"
        )


def _claim(plan: GridPlan, file: Path) -> None:
    if file.exists():
        known = _read_plan(file)
        if (known.data_digest, known.split) != (plan.data_digest, plan.split):
            raise ConfigurationError(
                f"{file}: this directory compares on other data or another split; use another one"
            )
        _refuse_other_cells(known, plan, file)
    replace_text(file, _PLAN.dump_json(plan, indent=1).decode() + "\n")


def _refuse_other_cells(known: GridPlan, plan: GridPlan, file: Path) -> None:
    planned = {cell.file: cell for cell in plan.cells}
    for cell in known.cells:
        now = planned.get(cell.file)
        if now == cell:
            continue
        what = "with other settings" if now else "which is not planned now"
        raise ConfigurationError(
            f"{file}: this directory holds another comparison: {cell.model}, seed {cell.seed},"
            f" {what}; use another directory"
        )


def _read_plan(file: Path) -> GridPlan:
    try:
        return _PLAN.validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise DataError(f"{file}: is not the plan of a comparison: {error}") from error
