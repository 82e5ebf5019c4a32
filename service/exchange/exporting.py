"""The rules of exports: what is asked for is checked first, then it flows in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from service.access.pseudonyms import Pseudonyms, read_pseudonyms
from service.clock import SqlClock
from service.database.engine import transaction
from service.errors import FormatUnavailable
from service.exchange import repository
from service.exchange.formats.columns import VERDICT_COLUMNS, Column, pair_columns
from service.exchange.formats.lines import Batches, csv_table, json_list, jsonl
from service.exchange.label_studio.tasks import task_for_label_studio
from service.exchange.options import Chosen, ExportOptions, Format, LabelStream, Place, Rows
from service.exchange.rows import Exported, attribute_column, pair_rows, verdict_row
from service.paging import encode_place

BATCH_ROWS = 500  # 1 to 2 MB with ten candidates each

MEDIA_TYPES = {
    Format.JSONL: "application/jsonl",
    Format.CSV: "text/csv; charset=utf-8",
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.LABEL_STUDIO: "application/json",
}
ENDINGS = {Format.LABEL_STUDIO: "json"}

Read = Callable[[Connection, Chosen, Place | None, datetime, int], Sequence[Row[Any]]]


@dataclass(frozen=True, slots=True)
class Export:
    """What is sent. `last_cursor` is that of the last row, where that is known before."""

    media_type: str
    file_name: str
    last_cursor: str | None
    chunks: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class _Flow:
    """Rows that will be read, and the columns that they have."""

    batches: Batches
    columns: tuple[Column, ...] = ()
    last_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Exporter:
    """Reads verdicts, labels and tasks in the order in which they were made."""

    engine: Engine
    clock: SqlClock
    batch_rows: int = BATCH_ROWS

    def export(self, options: ExportOptions) -> Export:
        """Return the export; `chunks` read from the database as they are taken.

        Raises ExportOptionsConflict, FormatUnavailable and DatabaseUnavailable; the chunks raise
        DatabaseUnavailable too, and what was read by then is not the whole.
        """
        options.check()
        write = _writer(options.format)
        with transaction(self.engine) as connection:
            flow = self._flow(connection, options)
        return Export(
            media_type=MEDIA_TYPES[options.format],
            file_name=_file_name(options),
            last_cursor=flow.last_cursor,
            chunks=write(flow.batches, flow.columns),
        )

    def _flow(self, connection: Connection, options: ExportOptions) -> _Flow:
        chosen, until = options.chosen, repository.settled_until(connection)
        if options.format is Format.LABEL_STUDIO:
            return _Flow(self._tasks(options, until))
        if options.rows is Rows.PAIRS:
            names = repository.attribute_names(connection, chosen, until)
            columns = pair_columns([attribute_column(name) for name in names])
            return _Flow(self._pairs(options, until), columns)
        people = None if options.persons else read_pseudonyms(connection, self.clock)
        last = repository.last_verdict(connection, chosen, until)
        cursor = None if last is None else encode_place(*last)
        return _Flow(self._verdicts(options, until, people), VERDICT_COLUMNS, cursor)

    def _verdicts(
        self, options: ExportOptions, until: datetime, people: Pseudonyms | None
    ) -> Iterator[Sequence[Exported]]:
        for batch in self._batches(repository.verdicts, options, until, _place):
            yield [
                verdict_row(row, row.person if people is None else people.of(row.person))
                for row in batch
            ]

    def _pairs(self, options: ExportOptions, until: datetime) -> Iterator[Sequence[Exported]]:
        stream = options.chosen.stream or LabelStream.REVIEW
        for batch in self._batches(repository.labels, options, until, _label_place):
            yield [pair for row in batch for pair in pair_rows(row, stream)]

    def _tasks(self, options: ExportOptions, until: datetime) -> Iterator[Sequence[Exported]]:
        for batch in self._batches(repository.tasks, options, until, _place):
            yield [task_for_label_studio(row, predictions=options.predictions) for row in batch]

    def _batches(
        self, read: Read, options: ExportOptions, until: datetime, place: Callable[[Any], Place]
    ) -> Iterator[Sequence[Row[Any]]]:
        after = options.after
        while True:
            with transaction(self.engine) as connection:
                batch = read(connection, options.chosen, after, until, self.batch_rows)
            if batch:
                yield batch
            if len(batch) < self.batch_rows:
                return
            after = place(batch[-1])


Write = Callable[[Batches, Sequence[Column]], Iterator[bytes]]


def _writer(wanted: Format) -> Write:
    match wanted:
        case Format.JSONL:
            return lambda batches, _: jsonl(batches)
        case Format.CSV:
            return csv_table
        case Format.LABEL_STUDIO:
            return lambda batches, _: json_list(batches)
        case Format.PARQUET:
            return _parquet_writer()


def _parquet_writer() -> Write:
    try:
        from service.exchange.formats.parquet import parquet_table
    except ImportError as error:
        raise FormatUnavailable from error
    return parquet_table


def _file_name(options: ExportOptions) -> str:
    ending = ENDINGS.get(options.format, options.format.value)
    if options.format is Format.LABEL_STUDIO:
        return f"tasks.{ending}"
    stream = options.chosen.stream
    return f"{options.rows.value}.{ending}" if stream is None else f"{stream.value}.{ending}"


def _place(row: Row[Any]) -> Place:
    return row.created_at, row.id


def _label_place(row: Row[Any]) -> Place:
    return row.placed_at, row.label_id
