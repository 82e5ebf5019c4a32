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
    from models.bundle.load import REPORT_DIRECTORY
    from training.compare.files import comparison_files
    from training.compare.runner import read_grid
    from training.report.findings import read_findings
    from training.report.full import FINDINGS, full_report

    if compared is not None:
        files = comparison_files(read_grid(compared))
    else:
        directory = bundle_directory(bundle)
        kept = directory / REPORT_DIRECTORY / FINDINGS
        files = full_report(read_findings(_content(kept), str(kept)), directory.name)
    write_files(out, files)
    typer.echo(f"wrote {', '.join(sorted(files))} into {out}")


def _content(file: Path) -> bytes:
    from models.errors import DataError

    try:
        return file.read_bytes()
    except OSError as error:
        raise DataError(
            f"cannot read {file}: {error.strerror}; bundles of an older release have no findings"
        ) from error
