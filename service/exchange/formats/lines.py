"""Text formats: JSON lines, a JSON list, and CSV, a chunk of bytes for each batch of rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import orjson

from service.exchange.formats.columns import Column
from service.exchange.rows import Exported, as_utc

Batches = Iterable[Sequence[Exported]]

_OPTIONS = orjson.OPT_UTC_Z


def jsonl(batches: Batches) -> Iterator[bytes]:
    """Yield a line for each row."""
    for batch in batches:
        yield b"".join(orjson.dumps(row, option=_OPTIONS) + b"\n" for row in batch)


def json_list(batches: Batches) -> Iterator[bytes]:
    """Yield one list of all rows, each on a line of its own."""
    before = b"[\n"
    for batch in batches:
        for row in batch:
            yield before + orjson.dumps(row, option=_OPTIONS)
            before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def csv_table(batches: Batches, columns: Sequence[Column]) -> Iterator[bytes]:
    """Yield a header and a line for each row; lists and objects are JSON, nothing is empty."""
    names = [column.name for column in columns]
    yield _csv_lines([names])
    for batch in batches:
        yield _csv_lines([_cell(row.get(name)) for name in names] for row in batch)


def _csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime():
            return as_utc(value)
        case int() | float():
            return repr(value)
        case _:
            return orjson.dumps(value, option=_OPTIONS).decode()
