"""The commands `alc-serve reviews`: exports as files, from the database of the settings."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from service.clock import database_clock
from service.database.opening import open_database
from service.database.tables import TaskState
from service.exchange.exporting import Exporter
from service.exchange.label_studio.config import labelling_configuration
from service.exchange.options import Chosen, ExportOptions, Format, LabelStream, Rows
from service.paging import decode_place
from service.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Take the labels elsewhere.")


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="The file to write; it appears when it is whole.")],
    format: Annotated[Format, typer.Option(help="How it is written.")] = Format.JSONL,  # noqa: A002
    rows: Annotated[Rows, typer.Option(help="Everything said, or pairs to train on.")] = (
        Rows.VERDICTS
    ),
    after: Annotated[str | None, typer.Option(help="A cursor: go on behind that row.")] = None,
    since: Annotated[datetime | None, typer.Option(help="No label given before, in UTC.")] = None,
    stream: Annotated[LabelStream | None, typer.Option(help="Labels of this stream only.")] = None,
    state: Annotated[TaskState | None, typer.Option(help="Of tasks in this state only.")] = None,
    bundle_id: Annotated[str | None, typer.Option(help="Of this bundle only.")] = None,
    persons: Annotated[bool, typer.Option("--persons", help="Names, no pseudonyms.")] = False,
    predictions: Annotated[
        bool | None, typer.Option(help="In tasks for Label Studio; else where reviews are seen.")
    ] = None,
) -> None:
    """Write verdicts, labels for training, or tasks for Label Studio to a file."""
    settings = load_settings()
    shown = not settings.blind_review if predictions is None else predictions
    options = ExportOptions(
        format=format,
        rows=rows,
        chosen=Chosen(
            None if since is None else since.replace(tzinfo=UTC), stream, state, bundle_id
        ),
        after=None if after is None else decode_place(after),
        persons=persons,
        predictions=shown,
    )
    with open_database(settings) as engine:
        exported = Exporter(engine, database_clock).export(options)
        part = out.with_name(f"{out.name}.part")
        with part.open("wb") as file:
            file.writelines(exported.chunks)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    typer.echo(f"wrote {out}")
    if exported.last_cursor is not None:
        typer.echo(f"last cursor {exported.last_cursor}")


@app.command()
def label_studio_config(
    out: Annotated[Path, typer.Option(help="The XML file to write.")],
) -> None:
    """Write the labelling configuration of a Label Studio project."""
    out.write_text(labelling_configuration(), encoding="utf-8")
    typer.echo(f"wrote {out}")
