"""`alc-train fit`."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from training.commands.options import (
    ConfigOption,
    Given,
    MaxBadRowsOption,
    RecipeOption,
    SetOption,
    tables,
)
from training.commands.reviews import named_reviews, review_lines
from training.commands.terminal import stderr, warn_of_bad_rows
from training.data.splits import SplitKind
from training.losses.names import BaseLoss

if TYPE_CHECKING:
    from models.bundle.reviews import ReviewReport


def fit(
    bundles: Annotated[
        Path, typer.Option(help="Directory of the bundles; the new one becomes current.")
    ] = Path(".state/bundles"),
    config: ConfigOption = None,
    recipe: RecipeOption = None,
    products: Annotated[
        Path | None, typer.Option(help="CSV of products, columns id,title; with --pairs.")
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option(help="CSV of pairs, columns query,product_id; with --products.")
    ] = None,
    reviews: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE-OR-URL", help="Export of review labels to learn from, too. Repeatable."
        ),
    ] = None,
    max_bad_rows: MaxBadRowsOption = None,
    split: Annotated[SplitKind | None, typer.Option(help="How queries are held out.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="The same seed gives the same numbers.")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Passes over the training queries.")
    ] = None,
    base: Annotated[BaseLoss | None, typer.Option(help="The loss that ranks.")] = None,
    tcm: Annotated[
        bool | None, typer.Option("--tcm/--no-tcm", help="Threshold-consistent margin loss.")
    ] = None,
    alc: Annotated[
        bool | None, typer.Option("--alc/--no-alc", help="Auxiliary losses of ALC.")
    ] = None,
    decider: Annotated[
        bool | None, typer.Option("--decider/--no-decider", help="Judge candidates once more.")
    ] = None,
    assign: SetOption = None,
    run_dir: Annotated[
        Path | None, typer.Option(help="Keeps the run after each epoch; the same one goes on.")
    ] = None,
) -> None:
    """Train a model, certify its thresholds and publish a bundle.

    It learns from your tables, or from the sample when no data are named. All settings:
    alc-train settings.
    """
    from training.data.load import load_data
    from training.loop.torchrun import is_first
    from training.pipeline import Stages, assist, train_and_publish
    from training.progress import fold_bar, progress, stage_bar, training_bar
    from training.report.decider import no_decider

    fields = {
        "recipe": recipe,
        "split": None if split is None else split.value,
        "training.seed": seed,
        "training.epochs": epochs,
        "training.base": base,
        "training.tcm": tcm,
        "training.alc": alc,
        "decider": decider,
        "reviews.sources": reviews or None,
    }
    fields |= tables(products, pairs, None, config)
    settings = Given(config, assign or [], fields).allowing(max_bad_rows).settings()
    console = stderr()
    console.quiet = not is_first()
    loaded = load_data(settings.data)
    warn_of_bad_rows(console, loaded)
    labels = named_reviews(settings, loaded.dataset, console)
    if not is_first():
        assist(loaded.dataset, settings, run_dir, labels)
        return
    _say_how_far(run_dir, console)
    with progress(console) as bars:
        directory, trained = train_and_publish(
            loaded.dataset,
            settings,
            bundles,
            datetime.now(UTC),
            training_bar(bars),
            Stages(
                hashing=stage_bar(bars, "hashing", "texts"),
                baseline=stage_bar(bars, "TF-IDF to compare", "queries"),
                fold=fold_bar(bars),
                reviews=partial(_say_reviews, console),
            ),
            run_dir,
            labels,
        )
    typer.echo((directory / "report" / "table.txt").read_text())
    if trained.decider_report and trained.decider_report.missing:
        typer.echo(no_decider(trained.decider_report))
    typer.echo(f"published {directory}")


def _say_reviews(console: Console, report: ReviewReport) -> None:
    for line in review_lines(report):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _say_how_far(run_dir: Path | None, console: Console) -> None:
    from training.loop.run_directory import read_state

    if run_dir and (state := read_state(run_dir)):
        console.print(f"going on in {run_dir}: {state}", markup=False, soft_wrap=True)
