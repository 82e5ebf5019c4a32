"""A customer's own data as two plain tables: products `id,title` and pairs `query,product_id`."""

from __future__ import annotations

from pathlib import Path

from models.catalogue import Product
from models.errors import DataError
from training.data.loaded import LoadedData
from training.data.pairs import dataset_of, read_pairs, read_queries
from training.data.tables import BadRow, Row, Table, check_bad_rows, read_table

PRODUCT_COLUMNS = {"id": "id", "title": "title"}
NO_LIMIT = 2**63


def load_plain(products_file: Path, pairs_file: Path, *, max_bad_rows: int = 0) -> LoadedData:
    """Return one query per distinct query of the pairs, with all products that they name.

    Further columns of the products become attributes; what those of the pairs mean, and which pairs
    are bad, says `training.data.pairs`. A second product with a known id is a bad row too, beside
    those of `read_table`. Raise BadRows when both files together have more than `max_bad_rows`,
    and DataError when a file cannot be read or nothing usable is left.
    """
    products_table = read_table(
        products_file, PRODUCT_COLUMNS, attributes=True, max_bad_rows=NO_LIMIT
    )
    pairs_table = read_pairs(pairs_file, max_bad_rows=NO_LIMIT)
    products, repeated = _products(products_table, products_file.name)
    row_of = {product.product_id: row for row, product in enumerate(products)}
    queries, contradicted = read_queries(pairs_table, pairs_file.name, row_of)
    bad_rows = (*products_table.bad_rows, *repeated, *pairs_table.bad_rows, *contradicted)
    check_bad_rows(bad_rows, max_bad_rows)
    if not any(query.right for query in queries):
        raise DataError(f"{pairs_file} has no pair whose product is in {products_file}")
    return LoadedData(dataset_of(queries, products), bad_rows)


def _products(table: Table, file: str) -> tuple[tuple[Product, ...], list[BadRow]]:
    first: dict[str, Row] = {}
    repeated: list[BadRow] = []
    for row in table.rows:
        known = first.setdefault(row.fields["id"], row)
        if known is not row:
            reason = f"product id {row.fields['id']!r} is already on line {known.line}"
            repeated.append(BadRow(file, row.line, reason))
    products = tuple(
        Product(row.fields["id"], row.fields["title"], row.attributes) for row in first.values()
    )
    return products, repeated
