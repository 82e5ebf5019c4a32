"""The table of pairs: which product is right for which query, and what else is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from models.catalogue import Product
from training.data.dataset import Dataset, Mask, Relevance, relevance_matrix, some
from training.data.tables import BadRow, Row, Table, read_table

COLUMNS = {"query": "query", "product_id": "product_id"}
MAY_BE_EMPTY = ("product_id",)
OPTIONAL_COLUMNS = {name: name for name in ("query_id", "source", "category", "part", "label")}
TRAIN, TEST = "train", "test"
RIGHT, IGNORED = "right", "ignored"
_ONLY_IGNORED = (
    "the query has ignored pairs only; "
    "a pair with an empty product_id says that no product is right"
)
_DESCRIPTION = ("query", "source", "category", "part")


@dataclass(slots=True)
class Query:
    """One query and the rows of the products that its pairs name."""

    first: Row
    right: list[int] = field(default_factory=list)
    ignored: list[int] = field(default_factory=list)
    none_line: int | None = None
    has_unknown: bool = False

    @property
    def is_answered(self) -> bool:
        """Return whether a pair says what is right, be it that nothing is."""
        return bool(self.right) or self.has_unknown or self.none_line is not None

    def take(self, row: Row, product: int | None) -> str | None:
        """Add a pair, or return why it contradicts the earlier ones."""
        for name in _DESCRIPTION:
            if row.fields[name] != self.first.fields[name]:
                return f"column {name!r} differs from that on line {self.first.line}, same query"
        product_id = row.fields["product_id"]
        if row.fields["label"] == IGNORED:
            return self._ignore(product_id, product)
        if not product_id:
            return self._take_none(row.line)
        if self.none_line is not None:
            return f"line {self.none_line} says that no product is right for this query"
        if product is None:
            self.has_unknown = True
        else:
            self.right.append(product)
        return None

    def _ignore(self, product_id: str, product: int | None) -> str | None:
        if not product_id:
            return "an ignored pair needs a product_id"
        if product is not None:
            self.ignored.append(product)
        return None

    def _take_none(self, line: int) -> str | None:
        if self.right or self.has_unknown:
            return "says that no product is right, but an earlier line names one"
        self.none_line = line
        return None


def read_pairs(path: Path, *, max_bad_rows: int = 0) -> Table:
    """Return the rows of a table of pairs, read as `read_table` does.

    Further columns become attributes of the query.
    """
    return read_table(
        path,
        COLUMNS,
        empty=MAY_BE_EMPTY,
        optional=OPTIONAL_COLUMNS,
        attributes=True,
        max_bad_rows=max_bad_rows,
    )


def read_queries(
    table: Table, file: str, row_of: Mapping[str, int], *, keep_unknown: bool = False
) -> tuple[list[Query], list[BadRow]]:
    """Return the queries in the order of their first pair, and the pairs that are bad.

    Pairs with the same `query_id` are of one query; without one, those with the same text and
    source. `row_of` gives the catalogue row of each product id. An empty `product_id` says that no
    product is right. A pair with an unknown id is bad; with `keep_unknown` it says that the right
    product is not in the catalogue.
    """
    queries: dict[tuple[str, ...], Query] = {}
    bad: list[BadRow] = []
    for row in table.rows:
        key = query_key(row)
        query = queries.get(key) or Query(row)
        product = row_of.get(row.fields["product_id"])
        fault = _value_fault(row)
        if product is None and row.fields["product_id"] and not keep_unknown:
            fault = f"product_id {row.fields['product_id']!r} is not in the table of products"
        fault = fault or query.take(row, product)
        if fault:
            bad.append(BadRow(file, row.line, fault))
        else:
            queries[key] = query
    known = [query for query in queries.values() if query.is_answered]
    unknown = [query for query in queries.values() if not query.is_answered]
    bad += [BadRow(file, query.first.line, _ONLY_IGNORED) for query in unknown]
    return known, bad


def query_key(row: Row) -> tuple[str, ...]:
    """Return what the pairs of one query have in common: its id, or its text and source."""
    query_id = row.fields["query_id"]
    return (query_id,) if query_id else (row.fields["query"], row.fields["source"])


def _value_fault(row: Row) -> str | None:
    for name, allowed in (("part", (TRAIN, TEST)), ("label", (RIGHT, IGNORED))):
        value = row.fields[name]
        if value and value not in allowed:
            return f"column {name!r} is {value!r}, neither {allowed[0]!r} nor {allowed[1]!r}"
    return None


def dataset_of(queries: Sequence[Query], products: tuple[Product, ...]) -> Dataset:
    """Return the queries, whose rows are those of these products, as a data set.

    The attributes of a query are those of its first pair.
    """

    def column(name: str) -> tuple[str, ...]:
        return tuple(query.first.fields[name] for query in queries)

    return Dataset(
        texts=column("query"),
        sources=column("source"),
        categories=column("category"),
        products=products,
        relevance=relevance_matrix([query.right for query in queries], len(products)),
        filtered=_filtered(queries, len(products)),
        held_out=_held_out(column("part")),
        attributes=some([query.first.attributes for query in queries]),
    )


def _filtered(queries: Sequence[Query], products: int) -> Relevance | None:
    if not any(query.ignored for query in queries):
        return None
    return relevance_matrix([query.ignored for query in queries], products)


def _held_out(parts: Sequence[str]) -> Mask | None:
    if not any(parts):
        return None
    return np.array([part == TEST for part in parts], dtype=np.bool_)
