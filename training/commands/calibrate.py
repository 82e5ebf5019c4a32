"""`alc-train calibrate`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from models.errors import DataError
from training.commands.options import MaxBadRowsOption, SetOption, bundle_directory
from training.commands.terminal import stderr, warn

if TYPE_CHECKING:
    from models.bundle.bundle import Bundle
    from training.data.dataset import Dataset
    from training.report.findings import Findings


def calibrate(
    pairs: Annotated[
        Path, typer.Option(help="Labelled queries, columns query,product_id; ids as in the bundle.")
    ],
    bundle: Annotated[
        Path, typer.Option(help="A bundle, or a directory of bundles for its current one.")
    ] = Path(".state/bundles"),
    unlabelled: Annotated[
        Path | None,
        typer.Option(help="Texts of the traffic, column query; without, those the bundle keeps."),
    ] = None,
    max_bad_rows: MaxBadRowsOption = None,
    target: Annotated[
        list[float] | None,
        typer.Option(help="Precision to promise. Repeatable; without, those of the bundle."),
    ] = None,
    confidence: Annotated[
        float | None, typer.Option(help="How sure each promise is; without, as the bundle.")
    ] = None,
    method: Annotated[
        str | None, typer.Option(help="fixed_sequence or holm; without, as the bundle.")
    ] = None,
    group_by: Annotated[
        str | None,
        typer.Option(help="Attribute whose values get thresholds of their own; '' for none."),
    ] = None,
    group_of: Annotated[
        str | None, typer.Option(help="Whose attribute: query, or the best product found.")
    ] = None,
    no_match_precision: Annotated[
        float | None,
        typer.Option(help="Of the answer that no product is right; 0: it is not said."),
    ] = None,
    assign: SetOption = None,
    add: Annotated[
        bool, typer.Option("--add/--replace", help="Keep the labels that the bundle has, too.")
    ] = False,
    bundles: Annotated[
        Path | None, typer.Option(help="Where the new bundle goes; without, beside the old one.")
    ] = None,
    current: Annotated[
        bool, typer.Option("--current/--no-current", help="Whether the new one becomes current.")
    ] = True,
) -> None:
    """Certify thresholds anew from labelled queries, and publish a bundle of the same model.

    Nothing is trained. The labels must be of queries that were drawn at random from what is asked,
    or, in a column stream, audits of what was answered by machine; labels of the review queue were
    selected by their low score, and are refused.
    """
    from models.bundle.load import load_bundle
    from training.data.drawn import load_drawn
    from training.evaluation.table import as_text
    from training.recalibration.changes import notes
    from training.recalibration.publish import calibrate_and_publish
    from training.recalibration.recalibrate import NewLabels
    from training.recalibration.settings import Options, recalibrated_settings

    console = stderr()
    parent = load_bundle(bundle_directory(bundle))
    options = Options(
        target, confidence, method, group_by, group_of, no_match_precision, assign or []
    )
    settings = recalibrated_settings(parent.directory, options)
    queries = load_drawn(pairs, parent.runtime.catalogue, max_bad_rows=max_bad_rows or 0)
    warn(console, (f"left out {bad}" for bad in queries.bad_rows))
    texts = None if unlabelled is None else _texts(unlabelled, parent, max_bad_rows or 0, console)
    done = calibrate_and_publish(
        parent,
        NewLabels(queries, texts, add=add),
        settings,
        _findings(parent, console),
        bundles or parent.directory.resolve().parent,
        datetime.now(UTC),
        make_current=current,
    )
    warn(console, (f"warning: {one}" for one in done.made.warnings))
    record = done.made.calibrated.record
    typer.echo(
        f"{len(record.labels):,} labels; {len(record.unlabelled):,} other queries place the"
        " thresholds\n"
    )
    typer.echo(as_text(done.changes))
    for line in notes(done.made.calibrated):
        typer.echo(line)
    typer.echo(_told(done.directory, current=current))


def _texts(file: Path, parent: Bundle, max_bad_rows: int, console: Console) -> Dataset:
    from training.data.unlabelled import load_unlabelled

    texts, bad_rows = load_unlabelled(file, parent.runtime.catalogue, max_bad_rows=max_bad_rows)
    warn(console, (f"left out {bad}" for bad in bad_rows))
    return texts


def _findings(parent: Bundle, console: Console) -> Findings | None:
    from training.commands.findings import findings_of

    try:
        return findings_of(parent.directory)
    except DataError as error:
        warn(console, [f"warning: {error}", "warning: so the report has the promises alone"])
        return None


def _told(directory: Path, *, current: bool) -> str:
    if current:
        return f"published {directory}, now current"
    return f"published {directory}; the bundle that was current still is"
