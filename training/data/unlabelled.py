"""Texts without labels: what traffic looks like."""

from __future__ import annotations

from pathlib import Path

from models.catalogue import Catalogue
from training.data.dataset import Dataset, relevance_matrix, some
from training.data.tables import BadRow, read_table

COLUMNS = {"query": "query"}
OPTIONAL_COLUMNS = {"source": "source", "category": "category"}


def load_unlabelled(
    file: Path, catalogue: Catalogue, *, max_bad_rows: int = 0
) -> tuple[Dataset, tuple[BadRow, ...]]:
    """Return the queries of a table with a column `query`, one for each row, and its bad rows.

    Further columns become attributes. No product is right for any of them, as far as is known.
    Raise as `read_table` does.
    """
    table = read_table(
        file, COLUMNS, optional=OPTIONAL_COLUMNS, attributes=True, max_bad_rows=max_bad_rows
    )
    queries = Dataset(
        texts=tuple(row.fields["query"] for row in table.rows),
        sources=tuple(row.fields["source"] for row in table.rows),
        categories=tuple(row.fields["category"] for row in table.rows),
        products=catalogue.products,
        relevance=relevance_matrix([()] * len(table.rows), len(catalogue)),
        attributes=some([row.attributes for row in table.rows]),
    )
    return queries, table.bad_rows
