"""Parquet, a row group for each batch; imported where it is asked for only: it needs pyarrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
from pyarrow import parquet

from service.exchange.formats.columns import Column, Holds
from service.exchange.formats.lines import Batches
from service.exchange.rows import Exported

CURSOR_METADATA = "alc.last_cursor"
_CANDIDATE = pa.struct(
    [
        ("product_id", pa.string()),
        ("title", pa.string()),
        ("score", pa.float64()),
        ("probability", pa.float64()),
        ("rank", pa.int32()),
    ]
)
_SAMPLE = pa.struct(
    [
        ("stream", pa.string()),
        ("inclusion_probability", pa.float64()),
        ("threshold", pa.float64()),
        ("decision", pa.string()),
        ("product_id", pa.string()),
        ("group_name", pa.string()),
        ("bundle_id", pa.string()),
    ]
)
_TYPES = {
    Holds.TEXT: pa.string(),
    Holds.NUMBER: pa.float64(),
    Holds.TIME: pa.timestamp("us", tz="UTC"),
    Holds.BOOL: pa.bool_(),
    Holds.TEXTS: pa.list_(pa.string()),
    Holds.MAP: pa.map_(pa.string(), pa.string()),
    Holds.CANDIDATES: pa.list_(_CANDIDATE),
    Holds.SAMPLES: pa.list_(_SAMPLE),
}


class _Sink:
    """A file that keeps only what was not taken yet."""

    closed = False

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


def parquet_table(batches: Batches, columns: Sequence[Column]) -> Iterator[bytes]:
    """Yield a file; its metadata have the cursor of the last row, where rows have cursors."""
    schema = pa.schema([(column.name, _TYPES[column.holds]) for column in columns])
    sink, cursor = _Sink(), ""
    with parquet.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
        for batch in batches:
            if batch:
                writer.write_batch(_record_batch(batch, columns, schema))
                cursor = str(batch[-1].get("cursor", ""))
                yield sink.take()
        if cursor:
            writer.add_key_value_metadata({CURSOR_METADATA: cursor})
    yield sink.take()


def _record_batch(
    batch: Sequence[Exported], columns: Sequence[Column], schema: pa.Schema
) -> pa.RecordBatch:
    arrays = [
        pa.array([_value(row.get(column.name), column.holds) for row in batch], type=kind)
        for column, kind in zip(columns, schema.types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _value(value: object, holds: Holds) -> object:
    if holds is Holds.MAP and isinstance(value, dict):
        return [(name, str(one)) for name, one in value.items()]
    return value
