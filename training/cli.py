"""The command `alc-train`."""

from __future__ import annotations

import sys

import typer

from models.errors import AlcError
from training.commands.calibrate import calibrate
from training.commands.catalogue_check import catalogue_check
from training.commands.compare import compare
from training.commands.convert import convert
from training.commands.evaluate import evaluate
from training.commands.fit import fit
from training.commands.report import report
from training.commands.settings import settings

EXIT_ERROR = 2
EXIT_INTERRUPTED = 130

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Train a model, make a bundle.")
for command in (fit, calibrate, evaluate, compare, report, catalogue_check, convert, settings):
    app.command()(command)


def main() -> None:
    """Run the command line; an error that was foreseen is one line and exit status 2."""
    try:
        app()
    except AlcError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(EXIT_ERROR)
    except SystemExit as end:
        if end.code == EXIT_INTERRUPTED:
            typer.echo("interrupted; what was published before is untouched", err=True)
        raise


@app.callback()
def about() -> None:
    """Train a model on labelled queries, certify its thresholds and publish a bundle."""
