"""`alc-train evaluate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from models.errors import ConfigurationError
from training.commands.options import MaxBadRowsOption, bundle_directory
from training.commands.terminal import stderr, warn, warn_of_bad_rows

if TYPE_CHECKING:
    from models.bundle.bundle import Bundle
    from training.evaluation.report import Evaluation


def evaluate(
    bundle: Annotated[
        Path, typer.Option(help="A bundle, or a directory of bundles for its current one.")
    ] = Path(".state/bundles"),
    pairs: Annotated[
        Path | None,
        typer.Option(help="Labelled queries, columns query,product_id; ids as in the bundle."),
    ] = None,
    max_bad_rows: MaxBadRowsOption = None,
    metrics: Annotated[
        Path | None, typer.Option(help="Also write all figures and the curve here, as JSON.")
    ] = None,
) -> None:
    """Measure a bundle on labelled queries: does it keep what it promised? Nothing is trained.

    Without --pairs: on the test part of the data it was made from. With --pairs: on yours, less
    the queries that it learnt from, where these are still known. A query with no product of the
    bundle is an error when it is accepted.
    """
    from models.bundle.load import load_bundle
    from training.evaluation.kept import kept_table
    from training.evaluation.table import as_text, results_table
    from training.reevaluation import evaluate_own

    if pairs is None and max_bad_rows is not None:
        raise ConfigurationError("--max-bad-rows is for --pairs; give these too")
    console = stderr()
    loaded = load_bundle(bundle_directory(bundle))
    if pairs is None:
        found = evaluate_own(loaded)
    else:
        found = _evaluate_pairs(loaded, pairs, max_bad_rows or 0, console)
    heading = f"{found.queries:,} queries, {found.answerable:,} of them with a right product"
    tables = (results_table([found]), kept_table(found.calibrated))
    if metrics is not None:
        _write(metrics, found)
    typer.echo("\n\n".join([heading, *map(as_text, tables)]))


def _evaluate_pairs(bundle: Bundle, pairs: Path, max_bad_rows: int, console: Console) -> Evaluation:
    from training.data.labelled import load_labelled
    from training.reevaluation import evaluate_labelled, unseen

    labelled = load_labelled(pairs, bundle.runtime.catalogue, max_bad_rows=max_bad_rows)
    warn_of_bad_rows(console, labelled)
    kept = unseen(bundle, labelled.dataset)
    if kept.unknown:
        warn(
            console,
            [
                f"warning: {kept.unknown}",
                "warning: so it is not known which of these queries the bundle learnt from; "
                "on those it looks better than it is",
            ],
        )
    if kept.seen:
        warn(
            console,
            [
                f"warning: the bundle learnt from {kept.seen:,} of {len(labelled.dataset):,} "
                "queries; they are left out"
            ],
        )
    return evaluate_labelled(bundle, kept.queries)


def _write(file: Path, found: Evaluation) -> None:
    from training.evaluation.record import metrics_of

    try:
        file.write_text(json.dumps(metrics_of(found), indent=2, allow_nan=False) + "\n")
    except OSError as error:
        raise ConfigurationError(f"cannot write {file}: {error.strerror}") from error
