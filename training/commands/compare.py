"""`alc-train compare`."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from training.commands.files import write_files
from training.commands.options import Given, GridOption, SetOption
from training.commands.reviews import named_reviews
from training.commands.terminal import stderr, warn_of_bad_rows

if TYPE_CHECKING:
    from training.compare.cell import GridCell
    from training.compare.result import RunResult


def compare(
    config: GridOption = None,
    assign: SetOption = None,
    out: Annotated[
        Path, typer.Option(help="Directory of the runs and tables; the same one goes on.")
    ] = Path(".state/comparison"),
) -> None:
    """Train methods with and without TCM and ALC over several seeds, and compare them.

    The section compare of the file says which: recipes, variants and seeds. Each finished run is
    kept, so that the same command goes on after an interruption.
    """
    from training.compare.files import comparison_files
    from training.compare.runner import run_grid
    from training.comparison import planned, run_cell
    from training.configuration.grid import read_grid
    from training.data.load import load_data
    from training.pipeline import Stages
    from training.progress import fold_bar, progress, training_bar

    cells = read_grid(Given(config, assign or [], {}).layers())
    console = stderr()
    loaded = load_data(cells[0].settings.data)
    warn_of_bad_rows(console, loaded)
    reviews = named_reviews(cells[0].settings, loaded.dataset, console)
    comparison = planned(cells[0].settings.data.kind, loaded.dataset, cells, reviews)

    def run_one(cell: GridCell) -> RunResult:
        with progress(console) as bars:
            now, bar, stages = datetime.now(UTC), training_bar(bars), Stages(fold=fold_bar(bars))
            return run_cell(comparison, cell, now, time.monotonic, bar, stages)

    def say(cell: GridCell, result: RunResult, was_there: bool) -> None:
        known = " (was there)" if was_there else ""
        precision = result.ranking[0].precision
        line = f"{cell.model}, seed {cell.seed}: P@1 {precision:.3f}{known}"
        console.print(line, markup=False, highlight=False)

    results = run_grid(comparison.plan, run_one, out, say)
    written = comparison_files(results)
    write_files(out, written)
    typer.echo(written["comparison.txt"].decode())
    typer.echo(f"wrote {out}")
