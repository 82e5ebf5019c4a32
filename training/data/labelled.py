"""Labelled queries over a catalogue that is already there, to judge a bundle with."""

from __future__ import annotations

from pathlib import Path

from models.catalogue import Catalogue
from models.errors import DataError
from training.data.dataset import Dataset, relevance_matrix
from training.data.plain import PAIR_COLUMNS, PlainData
from training.data.tables import read_table


def load_labelled(pairs_file: Path, catalogue: Catalogue, *, max_bad_rows: int = 0) -> PlainData:
    """Return one query per distinct query text, with the products that its pairs name.

    A query whose products are all unknown to the catalogue stays, without a right product (open
    set). Raise BadRows for more than `max_bad_rows` of them, and DataError when no product at all
    is known.
    """
    table = read_table(pairs_file, PAIR_COLUMNS, max_bad_rows=max_bad_rows)
    row_of = {product.product_id: row for row, product in enumerate(catalogue.products)}
    answers: dict[str, list[int]] = {}
    for row in table.rows:
        known = answers.setdefault(row.fields["query"], [])
        product = row_of.get(row.fields["product_id"])
        if product is not None:
            known.append(product)
    if not any(answers.values()):
        raise DataError(
            f"{pairs_file}: no product_id is in the catalogue of the bundle; "
            "its ids are those of the table of products that the bundle was made from"
        )
    unknown = ("",) * len(answers)
    dataset = Dataset(
        texts=tuple(answers),
        sources=unknown,
        categories=unknown,
        products=catalogue.products,
        relevance=relevance_matrix(list(answers.values()), len(catalogue)),
    )
    return PlainData(dataset, table.bad_rows)
