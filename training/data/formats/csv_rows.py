"""CSV: a header line, then one row per record."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import DataError
from training.data.files import open_text
from training.data.formats.cells import NumberedRow, check_columns

if TYPE_CHECKING:
    from _csv import Reader


def csv_rows(
    path: Path, required: Collection[str], used: Collection[str] | None, delimiter: str = ","
) -> Iterator[NumberedRow]:
    """Yield each row with the line where it starts, the header being line 1.

    Spaces around header names do not count; lines without any character hold no row. `used` are the
    columns that will be read, None for all; those without a name are not. Raise DataError when the
    file cannot be read or has not the `required` columns.
    """
    with open_text(path, newline="") as stream:
        # Without strict an unclosed quote would swallow the rest of the file as one cell.
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        header = _header(reader, path.name)
        named = {name for name in header if name}
        check_columns(path.name, header, required, named if used is None else used)
        for line, cells in _numbered(reader):
            if isinstance(cells, str):
                yield line, cells
            elif len(cells) != len(header):
                yield line, f"{len(cells)} columns where the header has {len(header)}"
            else:
                yield line, dict(zip(header, cells, strict=True))


def _header(reader: Iterator[list[str]], file: str) -> list[str]:
    try:
        return [name.strip() for name in next(reader)]
    except StopIteration:
        raise DataError(f"{file} is empty: its first line must name the columns") from None
    except csv.Error as error:
        raise DataError(f"{file}:1: the header is not CSV: {error}") from error


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
