"""`alc-train convert`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.commands.options import ConfigOption, Given, SetOption
from training.commands.terminal import stderr, warn_of_bad_rows


def convert(
    products: Annotated[Path, typer.Option(help="Table of products to write.")],
    pairs: Annotated[Path, typer.Option(help="Table of pairs to write.")],
    config: ConfigOption = None,
    assign: SetOption = None,
) -> None:
    """Write a data set as plain tables: CSV, JSON lines or Parquet, by the names of the files.

    Name it by the section data, for example --set data.kind=published --set
    data.name=online-retail --set data.folder=FOLDER; without, the sample is written.
    """
    from training.data.export import write_plain
    from training.data.load import load_data

    loaded = load_data(Given(config, assign or [], {}).settings().data)
    warn_of_bad_rows(stderr(), loaded)
    write_plain(loaded.dataset, products, pairs)
    typer.echo(
        f"wrote {len(loaded.dataset.products):,} products to {products} and the pairs of "
        f"{len(loaded.dataset):,} queries to {pairs}"
    )
