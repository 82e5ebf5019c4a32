"""A customer's own data as two plain tables: products `id,title` and pairs `query,product_id`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.catalogue import Product
from models.errors import DataError
from training.data.dataset import Dataset, relevance_matrix
from training.data.tables import BadRow, Row, Table, check_bad_rows, read_table

PRODUCT_COLUMNS = {"id": "id", "title": "title"}
PAIR_COLUMNS = {"query": "query", "product_id": "product_id"}
NO_LIMIT = 2**63


@dataclass(frozen=True, slots=True)
class PlainData:
    """The data set, and the rows that were left out of it."""

    dataset: Dataset
    bad_rows: tuple[BadRow, ...]


def load_plain(products_file: Path, pairs_file: Path, *, max_bad_rows: int = 0) -> PlainData:
    """Return one query per distinct query text, with all products that its pairs name.

    A second product with a known id and a pair with an unknown product id are bad rows, beside
    those of `read_table`. Raise BadRows when both files together have more than `max_bad_rows`,
    and DataError when a file cannot be read or nothing usable is left.
    """
    products_table = read_table(products_file, PRODUCT_COLUMNS, max_bad_rows=NO_LIMIT)
    pairs_table = read_table(pairs_file, PAIR_COLUMNS, max_bad_rows=NO_LIMIT)
    products, repeated = _products(products_table, products_file.name)
    answers, unknown = _answers(pairs_table, products, pairs_file.name)
    bad_rows = (*products_table.bad_rows, *repeated, *pairs_table.bad_rows, *unknown)
    check_bad_rows(bad_rows, max_bad_rows)
    if not answers:
        raise DataError(f"{pairs_file} has no pair whose product is in {products_file}")
    unknown_source = ("",) * len(answers)
    dataset = Dataset(
        texts=tuple(answers),
        sources=unknown_source,
        categories=unknown_source,
        products=products,
        relevance=relevance_matrix(list(answers.values()), len(products)),
    )
    return PlainData(dataset, bad_rows)


def _products(table: Table, file: str) -> tuple[tuple[Product, ...], list[BadRow]]:
    first: dict[str, Row] = {}
    repeated: list[BadRow] = []
    for row in table.rows:
        known = first.setdefault(row.fields["id"], row)
        if known is not row:
            reason = f"product id {row.fields['id']!r} is already on line {known.line}"
            repeated.append(BadRow(file, row.line, reason))
    products = tuple(Product(row.fields["id"], row.fields["title"]) for row in first.values())
    return products, repeated


def _answers(
    table: Table, products: Sequence[Product], file: str
) -> tuple[dict[str, list[int]], list[BadRow]]:
    row_of = {product.product_id: row for row, product in enumerate(products)}
    answers: dict[str, list[int]] = {}
    unknown: list[BadRow] = []
    for row in table.rows:
        product = row_of.get(row.fields["product_id"])
        if product is None:
            reason = f"product_id {row.fields['product_id']!r} is not in the table of products"
            unknown.append(BadRow(file, row.line, reason))
            continue
        answers.setdefault(row.fields["query"], []).append(product)
    return answers, unknown
