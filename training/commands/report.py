"""`alc-train report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.commands.files import write_files
from training.commands.options import bundle_directory


def report(
    bundle: Annotated[
        Path, typer.Option(help="A bundle, or a directory of bundles for its current one.")
    ] = Path(".state/bundles"),
    compared: Annotated[
        Path | None,
        typer.Option("--compare", help="A directory of alc-train compare, instead of a bundle."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Directory of the page, tables and pictures.")] = Path(
        ".state/report"
    ),
) -> None:
    """Write the report of a bundle, or of the finished runs of a comparison, anew.

    Nothing is trained or measured: what was found is kept beside the model.
    """
    from training.commands.findings import findings_of
    from training.compare.files import comparison_files
    from training.compare.runner import read_grid
    from training.report.full import full_report

    if compared is not None:
        files = comparison_files(read_grid(compared))
    else:
        directory = bundle_directory(bundle)
        files = full_report(findings_of(directory), directory.name)
    write_files(out, files)
    typer.echo(f"wrote {', '.join(sorted(files))} into {out}")
