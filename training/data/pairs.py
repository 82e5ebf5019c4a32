"""The table of pairs: which product is right for which query, and what else is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from training.data.tables import BadRow, Row, Table

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

    @property
    def is_answered(self) -> bool:
        """Return whether a pair says what is right, be it that nothing is."""
        return bool(self.right) or self.none_line is not None

    def take(self, row: Row, product: int | None) -> str | None:
        """Add a pair, or return why it contradicts the earlier ones."""
        for name in _DESCRIPTION:
            if row.fields[name] != self.first.fields[name]:
                return f"column {name!r} differs from that on line {self.first.line}, same query"
        if row.fields["label"] == IGNORED:
            if product is None:
                return "an ignored pair needs a product_id"
            self.ignored.append(product)
        elif product is not None and self.none_line is not None:
            return f"line {self.none_line} says that no product is right for this query"
        elif product is not None:
            self.right.append(product)
        elif self.right:
            return "says that no product is right, but an earlier line names one"
        else:
            self.none_line = row.line
        return None


def read_queries(
    table: Table, file: str, row_of: Mapping[str, int]
) -> tuple[list[Query], list[BadRow]]:
    """Return the queries in the order of their first pair, and the pairs that are bad.

    Pairs with the same `query_id` are of one query; without one, those with the same text and
    source. `row_of` gives the catalogue row of each product id. An empty `product_id` says that no
    product is right.
    """
    queries: dict[tuple[str, ...], Query] = {}
    bad: list[BadRow] = []
    for row in table.rows:
        key = _key(row)
        query = queries.get(key) or Query(row)
        fault = _value_fault(row, row_of)
        fault = fault or query.take(row, row_of.get(row.fields["product_id"]))
        if fault:
            bad.append(BadRow(file, row.line, fault))
        else:
            queries[key] = query
    known = [query for query in queries.values() if query.is_answered]
    unknown = [query for query in queries.values() if not query.is_answered]
    bad += [BadRow(file, query.first.line, _ONLY_IGNORED) for query in unknown]
    return known, bad


def _key(row: Row) -> tuple[str, ...]:
    query_id = row.fields["query_id"]
    return (query_id,) if query_id else (row.fields["query"], row.fields["source"])


def _value_fault(row: Row, row_of: Mapping[str, int]) -> str | None:
    product_id = row.fields["product_id"]
    if product_id and product_id not in row_of:
        return f"product_id {product_id!r} is not in the table of products"
    for name, allowed in (("part", (TRAIN, TEST)), ("label", (RIGHT, IGNORED))):
        value = row.fields[name]
        if value and value not in allowed:
            return f"column {name!r} is {value!r}, neither {allowed[0]!r} nor {allowed[1]!r}"
    return None
