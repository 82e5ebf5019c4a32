"""Plain tables (CSV, plain or gzip): every row is either read or reported, none is dropped."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from models.errors import DataError

if TYPE_CHECKING:
    from _csv import Reader

MAX_TEXT_CHARACTERS = 2000  # what the service accepts as one query
_ROWS_IN_MESSAGE = 20
_SURROGATES = ("\udc80", "\udcff")  # where the decoder puts bytes that are not UTF-8


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that cannot be used; `line` is where it starts, the header being line 1."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """One good row: the text of each mapped field, stripped, and the line where it starts."""

    line: int
    fields: Mapping[str, str]


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


def read_table(path: Path, columns: Mapping[str, str], *, max_bad_rows: int = 0) -> Table:
    """Return the rows of a CSV file (gzip when its name ends in .gz) and the rows that are bad.

    `columns` maps our field names to the header names of the file; spaces around header names do
    not count. A row is bad when it has the wrong number of columns, broken quoting, or a mapped
    cell with a `text_fault`. Lines without any character hold no row. Raise DataError when the file
    cannot be read, lacks a column or has no usable row, and BadRows when more than `max_bad_rows`
    are bad.
    """
    table = _read(_characters(path), path.name, columns)
    check_bad_rows(table.bad_rows, max_bad_rows)
    if not table.rows:
        raise DataError(f"{path} has no usable row")
    return table


def _characters(path: Path) -> io.StringIO:
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path} is a damaged gzip file ({error}); fetch it again") from error
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from error
    # Surrogates instead of a decoding error, so that one bad byte costs one row, not the file.
    return io.StringIO(content.decode("utf-8-sig", errors="surrogateescape"), newline="")


def _read(stream: IO[str], file: str, columns: Mapping[str, str]) -> Table:
    # Without strict an unclosed quote would swallow the rest of the file as one cell.
    reader = csv.reader(stream, strict=True)
    header = _header(reader, file)
    places = {field: _place(header, name, file) for field, name in columns.items()}
    rows: list[Row] = []
    bad_rows: list[BadRow] = []
    for line, cells in _numbered(reader):
        reason = cells if isinstance(cells, str) else _fault(cells, header, places)
        if reason is None:
            rows.append(Row(line, {field: cells[at].strip() for field, at in places.items()}))
        else:
            bad_rows.append(BadRow(file, line, reason))
    return Table(tuple(rows), tuple(bad_rows))


def _header(reader: Iterator[list[str]], file: str) -> list[str]:
    try:
        return [name.strip() for name in next(reader)]
    except StopIteration:
        raise DataError(f"{file} is empty: its first line must name the columns") from None
    except csv.Error as error:
        raise DataError(f"{file}:1: the header is not CSV: {error}") from error


def _place(header: list[str], name: str, file: str) -> int:
    if header.count(name) == 1:
        return header.index(name)
    problem = "twice" if name in header else "not at all"
    raise DataError(f"{file} has column {name!r} {problem}; its columns are: {', '.join(header)}")


def _numbered(reader: Reader) -> Iterator[tuple[int, list[str] | str]]:
    """Yield, per row, the line where it starts, and its cells or what is wrong with its quoting."""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"{error} (lines {line} to {reader.line_num})"
            continue
        if cells:
            yield line, cells


def _fault(cells: list[str], header: list[str], places: Mapping[str, int]) -> str | None:
    if len(cells) != len(header):
        return f"{len(cells)} columns where the header has {len(header)}"
    for at in places.values():
        fault = text_fault(cells[at])
        if fault is not None:
            return f"column {header[at]!r} {fault}"
    return None


def text_fault(text: str) -> str | None:
    """Return why a text cannot be used, or None when it can."""
    if not text.strip():
        return "is empty"
    if len(text) > MAX_TEXT_CHARACTERS:
        return f"has {len(text)} characters, {MAX_TEXT_CHARACTERS} are allowed"
    if "\0" in text:
        return "holds a NUL character"
    if any(_SURROGATES[0] <= character <= _SURROGATES[1] for character in text):
        return "is not valid UTF-8"
    return None
