"""Parquet: columns with types, compressed by the format itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from models.errors import DataError
from training.data.files import reading
from training.data.formats.cells import NumberedRow, check_columns

ROWS_AT_ONCE = 10_000


def parquet_rows(
    path: Path, required: Collection[str], used: Collection[str] | None
) -> Iterator[NumberedRow]:
    """Yield each row with its number, the first being 1.

    `used` are the columns that will be read, None for all. Raise DataError when the file cannot be
    read or has not the `required` columns.
    """
    try:
        with reading(path), parquet.ParquetFile(path) as file:
            names = file.schema_arrow.names
            check_columns(path.name, names, required, names if used is None else used)
            columns = None if used is None else [name for name in names if name in used]
            batches = file.iter_batches(ROWS_AT_ONCE, columns=columns)
            rows = chain.from_iterable(batch.to_pylist() for batch in batches)
            yield from enumerate(rows, start=1)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise DataError(f"{path} is not a Parquet file that can be read: {error}") from error
