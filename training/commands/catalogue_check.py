"""`alc-train catalogue-check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.commands.files import write_files
from training.commands.options import (
    ConfigOption,
    Given,
    MaxBadRowsOption,
    SetOption,
    bundle_directory,
    tables,
)
from training.commands.terminal import stderr, warn_of_bad_rows

# A model of one epoch has not yet learnt the wrong labels that it is to find.
EPOCHS = 1


def catalogue_check(
    config: ConfigOption = None,
    products: Annotated[
        Path | None, typer.Option(help="Table of products, columns id,title; with --pairs.")
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option(help="Table of pairs, columns query,product_id.")
    ] = None,
    max_bad_rows: MaxBadRowsOption = None,
    bundle: Annotated[
        Path | None,
        typer.Option(
            help="A bundle, or a directory of bundles, of the same data: the most confident"
            " errors of its report are looked at as well."
        ),
    ] = None,
    assign: SetOption = None,
    out: Annotated[Path, typer.Option(help="Directory of the CSV and the page.")] = Path(
        ".state/catalogue-check"
    ),
) -> None:
    """List products that may be one, and labels that may be wrong, for a person to clean.

    Trains for one epoch on all your pairs to see what resembles what; publishes nothing.
    """
    from dataclasses import replace

    from training.catalogue_check.check import check_catalogue
    from training.catalogue_check.output import as_csv, as_html
    from training.commands.findings import findings_of
    from training.data.load import load_data
    from training.loop.fit import fit
    from training.progress import progress, training_bar

    given = Given(config, assign or [], tables(products, pairs, max_bad_rows, config))
    settings = given.settings()
    errors = findings_of(bundle_directory(bundle)).errors if bundle else ()
    console = stderr()
    loaded = load_data(settings.data)
    warn_of_bad_rows(console, loaded)
    with progress(console) as bars:
        training = replace(settings.training, epochs=EPOCHS, stopping=None)
        fitted = fit(loaded.dataset, training, training_bar(bars))
    queries = fitted.encoder.encode(loaded.dataset.texts)
    found = check_catalogue(loaded.dataset, queries, fitted.products, errors=errors)
    write_files(out, {"catalogue-check.csv": as_csv(found), "catalogue-check.html": as_html(found)})
    typer.echo(
        f"{len(found.duplicates):,} likely duplicates among {found.products:,} products, "
        f"{len(found.mislabelled):,} likely wrong labels among {found.labels:,}; wrote {out}"
    )
