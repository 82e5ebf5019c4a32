"""Exports as the service writes them, a row at a time."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

Row = dict[str, Any]

_PARQUET = {
    "attributes": pa.map_(pa.string(), pa.string()),
    "product_ids": pa.list_(pa.string()),
    "streams": pa.list_(pa.string()),
    "current": pa.bool_(),
    "final": pa.bool_(),
}


def verdict(number: int, query: str, *product_ids: str, **changed: Any) -> Row:
    """Return what a person said of a query, final unless it is changed: none without products."""
    return {
        "cursor": f"c{number}",
        "verdict_id": f"v{number}",
        "query": query,
        "source": "shop",
        "attributes": {},
        "answer": "accepted" if product_ids else "none",
        "product_ids": list(product_ids),
        "supersedes": None,
        "current": True,
        "final": True,
        "streams": ["review"],
    } | changed


def pair(query_id: str, query: str, product_id: str, **changed: Any) -> Row:
    """Return a row of the pairs of the stream review."""
    return {
        "query_id": query_id,
        "query": query,
        "product_id": product_id,
        "source": "shop",
        "stream": "review",
        "threshold": None,
    } | changed


def write_export(path: Path, rows: Sequence[Row]) -> Path:
    """Write the rows in the format that the name tells, as the service does."""
    match path.suffix:
        case ".jsonl":
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        case ".csv":
            with path.open("w", newline="") as file:
                writer = csv.DictWriter(file, rows[0])
                writer.writeheader()
                writer.writerows({name: _cell(row[name]) for name in row} for row in rows)
        case _:
            fields = [(name, _PARQUET.get(name, pa.string())) for name in rows[0]]
            plain = [row | {"attributes": list(row["attributes"].items())} for row in rows]
            parquet.write_table(pa.Table.from_pylist(plain, schema=pa.schema(fields)), path)
    return path


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str():
            return value
        case _:
            return json.dumps(value)
