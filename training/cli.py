"""The command `alc-train`."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from models.errors import AlcError, ConfigurationError
from training.data.dataset import Dataset
from training.data.splits import SplitKind
from training.losses.names import BaseLoss

EXIT_ERROR = 2

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Train a model, make a bundle.")


def main() -> None:
    """Run the command line; an error that was foreseen is one line and exit status 2."""
    try:
        app()
    except AlcError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(EXIT_ERROR)


@app.callback()
def about() -> None:
    """Train a model on labelled queries, certify its thresholds and publish a bundle."""


@app.command()
def fit(
    bundles: Annotated[
        Path, typer.Option(help="Directory of the bundles; the new one becomes current.")
    ] = Path(".state/bundles"),
    products: Annotated[
        Path | None, typer.Option(help="CSV of products, columns id,title; with --pairs.")
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option(help="CSV of pairs, columns query,product_id; with --products.")
    ] = None,
    max_bad_rows: Annotated[int, typer.Option(min=0, help="Go on with so many bad rows.")] = 0,
    split: Annotated[SplitKind, typer.Option(help="How queries are held out.")] = SplitKind.OFFERS,
    seed: Annotated[int, typer.Option(help="The same seed gives the same numbers.")] = 0,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the training queries.")] = 4,
    base: Annotated[BaseLoss, typer.Option(help="The loss that ranks.")] = "softmax",
    tcm: Annotated[bool, typer.Option(help="Threshold-consistent margin loss.")] = True,
    alc: Annotated[bool, typer.Option(help="Auxiliary losses of ALC.")] = True,
    run_dir: Annotated[
        Path | None, typer.Option(help="Directory to go on from when the run is ended early.")
    ] = None,
) -> None:
    """Train on your tables, or on the vendored sample when none are given."""
    # Here, because --help and wrong options need not wait for torch.
    from training.loop.torchrun import is_first
    from training.pipeline import PipelineSettings, Stages, assist, train_and_publish
    from training.progress import progress, stage_bar, training_bar
    from training.settings import TrainingSettings

    console = Console(stderr=True, quiet=not is_first())
    dataset = _dataset(products, pairs, max_bad_rows, console)
    training = TrainingSettings(seed=seed, epochs=epochs, base=base)
    training = replace(
        training, tcm=training.tcm if tcm else None, alc=training.alc if alc else None
    )
    settings = PipelineSettings(split=split, training=training)
    if not is_first():
        assist(dataset, settings, run_dir)
        return
    _say_how_far(run_dir, console)
    with progress(console) as bars:
        directory, _ = train_and_publish(
            dataset,
            settings,
            bundles,
            datetime.now(UTC),
            training_bar(bars),
            Stages(
                hashing=stage_bar(bars, "hashing", "texts"),
                baseline=stage_bar(bars, "TF-IDF to compare", "queries"),
            ),
            run_dir,
        )
    typer.echo((directory / "report" / "table.txt").read_text())
    typer.echo(f"published {directory}")


def _say_how_far(run_dir: Path | None, console: Console) -> None:
    from training.loop.run_directory import read_state

    if run_dir and (state := read_state(run_dir)):
        console.print(f"going on in {run_dir}: {state}", markup=False, soft_wrap=True)


def _dataset(
    products: Path | None, pairs: Path | None, max_bad_rows: int, console: Console
) -> Dataset:
    from training.data.plain import load_plain
    from training.data.pricerunner import load_pricerunner

    if products is None and pairs is None:
        return load_pricerunner()
    if products is None or pairs is None:
        raise ConfigurationError("give both --products and --pairs, or neither for the sample")
    loaded = load_plain(products, pairs, max_bad_rows=max_bad_rows)
    for bad in loaded.bad_rows:
        # A customer's own text: brackets in it are no markup, and a line stays a line.
        line = f"left out {bad}"
        console.print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)
    return loaded.dataset
