"""Labelled queries over a catalogue that is already there, to judge a bundle with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from models.catalogue import Catalogue
from models.errors import DataError
from training.data.loaded import LoadedData
from training.data.pairs import Query, dataset_of, read_pairs, read_queries
from training.data.plain import NO_LIMIT
from training.data.tables import BadRow, Table, check_bad_rows


def load_labelled(pairs_file: Path, catalogue: Catalogue, *, max_bad_rows: int = 0) -> LoadedData:
    """Return one query per distinct query of the pairs, with the products that they name.

    A query whose products are all unknown to the catalogue stays, without a right product (open
    set). Raise BadRows for more than `max_bad_rows` of them, and DataError when no product at all
    is known.
    """
    table = read_pairs(pairs_file, max_bad_rows=NO_LIMIT)
    queries, contradicted = known_queries(table, pairs_file, catalogue)
    bad_rows = (*table.bad_rows, *contradicted)
    check_bad_rows(bad_rows, max_bad_rows)
    check_some_right(queries, pairs_file)
    return LoadedData(dataset_of(queries, catalogue.products), bad_rows)


def known_queries(
    table: Table, pairs_file: Path, catalogue: Catalogue
) -> tuple[list[Query], list[BadRow]]:
    """Return the queries with what the catalogue has of their products, and the bad pairs."""
    row_of = {product.product_id: row for row, product in enumerate(catalogue.products)}
    return read_queries(table, pairs_file.name, row_of, keep_unknown=True)


def check_some_right(queries: Sequence[Query], pairs_file: Path) -> None:
    """Raise DataError when no product at all is known: the ids are those of another catalogue."""
    if not any(query.right for query in queries):
        raise DataError(
            f"{pairs_file}: no product_id is in the catalogue of the bundle; "
            "its ids are those of the table of products that the bundle was made from"
        )
