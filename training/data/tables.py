"""Plain tables (CSV, JSON lines, Parquet): every row is either read or reported, none dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models.errors import DataError
from training.data.formats.cells import Cells, NumberedRow, cell_text, is_nested
from training.data.formats.csv_rows import csv_rows
from training.data.formats.jsonl_rows import jsonl_rows

MAX_TEXT_CHARACTERS = 2000  # what the service accepts as one query
MAX_ATTRIBUTE_CHARACTERS = 10_000
FORMATS = (".csv", ".jsonl", ".parquet")
_ROWS_IN_MESSAGE = 20
# Where the decoder puts bytes that are not UTF-8, and what JSON may spell but no text can hold.
_SURROGATES = ("\ud800", "\udfff")


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that cannot be used; `line` is where it starts, the header of CSV being line 1.

    Parquet has no lines: there it is the number of the row, the first being 1.
    """

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """One good row: the stripped text of each field, "" in an optional one that is not given.

    `attributes` has the columns that are no field, by their own name, where they are not empty;
    none unless they were asked for.
    """

    line: int
    fields: Mapping[str, str]
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """Everything that was in one file."""

    rows: tuple[Row, ...]
    bad_rows: tuple[BadRow, ...]


class BadRows(DataError):
    """More bad rows than allowed; `bad_rows` has all of them."""

    code = "data_rows_invalid"

    def __init__(self, bad_rows: Sequence[BadRow], max_bad_rows: int) -> None:
        """Name the first rows in the message."""
        self.bad_rows = tuple(bad_rows)
        shown = [str(bad) for bad in self.bad_rows[:_ROWS_IN_MESSAGE]]
        hidden = len(self.bad_rows) - len(shown)
        more = [f"... and {hidden} more"] if hidden else []
        summary = (
            f"{len(self.bad_rows)} bad rows, {max_bad_rows} allowed; "
            "correct them, or allow them with --max-bad-rows:"
        )
        super().__init__("\n".join([summary, *shown, *more]))


def check_bad_rows(bad_rows: Sequence[BadRow], max_bad_rows: int) -> None:
    """Raise BadRows when there are more than `max_bad_rows`."""
    if len(bad_rows) > max_bad_rows:
        raise BadRows(bad_rows, max_bad_rows)


def read_table(
    path: Path,
    columns: Mapping[str, str],
    *,
    empty: Collection[str] = (),
    optional: Mapping[str, str] | None = None,
    attributes: bool = False,
    delimiter: str = ",",
    max_bad_rows: int = 0,
) -> Table:
    """Return the rows of a table and the rows that are bad; the file's name tells its format.

    `columns` maps our field names to the names in the file; the cells of those fields that are in
    `empty` may be empty. The columns of `optional` may be missing. With `attributes` all other
    columns are read too. `delimiter` is for CSV. A row is bad when its format is broken, when it
    lacks a cell of `columns` or that cell is empty, or when any used cell has a `text_fault`. Raise
    DataError when the file cannot be read, lacks a column or has no usable row, and BadRows when
    more than `max_bad_rows` are bad.
    """
    reading = _Reading(columns, frozenset(empty), optional or {}, attributes)
    table = _collected(reading.rows(path, delimiter), reading, path.name)
    check_bad_rows(table.bad_rows, max_bad_rows)
    if not table.rows:
        raise DataError(f"{path} has no usable row")
    return table


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is read of a table."""

    required: Mapping[str, str]
    empty: frozenset[str]
    optional: Mapping[str, str]
    attributes: bool

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.required.values(), *self.optional.values())

    def rows(self, path: Path, delimiter: str) -> Iterator[NumberedRow]:
        used = None if self.attributes else self.names
        return numbered_rows(path, self.required.values(), used, delimiter)

    def row(self, line: int, cells: Cells) -> Row | str:
        """Return the row, or why it is bad."""
        fields: dict[str, str] = {}
        for one, name in (*self.required.items(), *self.optional.items()):
            value = cells.get(name)
            if value is None and one in self.required and name not in cells:
                return f"column {name!r} is missing"
            if is_nested(value):
                return f"column {name!r} holds a list or an object, not a text"
            text = fields[one] = cell_text(value)
            may_be_empty = one in self.optional or one in self.empty
            fault = None if may_be_empty and not text else text_fault(text)
            if fault is not None:
                return f"column {name!r} {fault}"
        others = self._attributes(cells)
        return others if isinstance(others, str) else Row(line, fields, others)

    def _attributes(self, cells: Cells) -> dict[str, str] | str:
        if not self.attributes:
            return {}
        others = {}
        for name, value in cells.items():
            text = cell_text(value)
            if not name.strip() or not text or name in self.names:
                continue
            fault = text_fault(text, MAX_ATTRIBUTE_CHARACTERS)
            if name.strip() in others:
                fault = "is there twice, once with spaces around its name"
            if fault is not None:
                return f"column {name!r} {fault}"
            others[name.strip()] = text
        return others


def numbered_rows(
    path: Path,
    required: Collection[str] = (),
    used: Collection[str] | None = None,
    delimiter: str = ",",
) -> Iterator[NumberedRow]:
    """Yield the rows of a table in the format that its name tells, as they are.

    `required` columns must be there and `used` ones, None for all, only once; JSON lines name their
    columns in each row. Raise DataError when the file cannot be read or its columns are others.
    """
    match table_format(path):
        case ".csv":
            return csv_rows(path, required, used, delimiter)
        case ".jsonl":
            return jsonl_rows(path)
        case _:
            # Here, because a table of another format need not wait for it.
            from training.data.formats.parquet_rows import parquet_rows

            return parquet_rows(path, required, used)


def table_format(path: Path) -> str:
    """Return `.csv`, `.jsonl` or `.parquet`; raise DataError when the name says none of them."""
    packed = path.suffix == ".gz"
    ending = path.with_suffix("").suffix if packed else path.suffix
    if ending not in FORMATS or (packed and ending == ".parquet"):
        raise DataError(
            f"{path}: the name of a table ends in .csv, .jsonl (both also with .gz) or .parquet"
        )
    return ending


def _collected(rows: Iterable[NumberedRow], reading: _Reading, file: str) -> Table:
    good: list[Row] = []
    bad: list[BadRow] = []
    for line, cells in rows:
        row = cells if isinstance(cells, str) else reading.row(line, cells)
        if isinstance(row, str):
            bad.append(BadRow(file, line, row))
        else:
            good.append(row)
    return Table(tuple(good), tuple(bad))


def text_fault(text: str, limit: int = MAX_TEXT_CHARACTERS) -> str | None:
    """Return why a text cannot be used, or None when it can."""
    if not text.strip():
        return "is empty"
    if len(text) > limit:
        return f"has {len(text)} characters, {limit} are allowed"
    if "\0" in text:
        return "holds a NUL character"
    if not text.isascii() and any(_SURROGATES[0] <= one <= _SURROGATES[1] for one in text):
        return "is not valid UTF-8"
    return None
