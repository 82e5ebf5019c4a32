"""Writing rows of texts as CSV, JSON lines or Parquet."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
from pyarrow import parquet

Texts = Sequence[Mapping[str, str]]


def write_csv(path: Path, columns: Sequence[str], rows: Texts) -> None:
    """Write a header and one line per row; a column that a row lacks is empty."""
    with _open_text(path) as stream:
        # Its line ends are \r\n: the writer quotes a cell for the characters of its line end only.
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def write_jsonl(path: Path, columns: Sequence[str], rows: Texts) -> None:
    """Write one object per row, its names in the order of the columns."""
    with _open_text(path) as stream:
        for row in rows:
            ordered = {name: row[name] for name in columns if name in row}
            stream.write(json.dumps(ordered, ensure_ascii=False) + "\n")


def write_parquet(path: Path, columns: Sequence[str], rows: Texts) -> None:
    """Write columns of text; what a row lacks is null."""
    schema = pa.schema([(name, pa.string()) for name in columns])
    parquet.write_table(pa.Table.from_pylist(list(rows), schema=schema), path, compression="zstd")


@contextmanager
def _open_text(path: Path) -> Iterator[IO[str]]:
    with path.open("wb") as raw:
        if path.suffix != ".gz":
            yield from _texts(raw)
            return
        # Neither name nor time, so that equal rows are equal files.
        with gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
            yield from _texts(cast("IO[bytes]", packed))


def _texts(stream: IO[bytes]) -> Iterator[IO[str]]:
    with io.TextIOWrapper(stream, encoding="utf-8", newline="") as texts:
        yield texts
