"""The text files that name pairs of a row and a label: filters, and the matrix of a part."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import sparse

from models.errors import DataError
from training.data.dataset import Relevance
from training.data.files import open_text
from training.data.tables import BadRow
from training.data.xmc.entries import Labels, Part


def read_filters(
    path: Path, part: Part, labels: Labels, bad: list[BadRow]
) -> sparse.coo_array[np.bool_, tuple[int, int]]:
    """Return, as (lines of the part, labels), the pairs of `row label` lines, counted from 0.

    Lines that are no such pair, or name a row or a label that does not exist, are added to `bad`.
    """
    rows, columns = array("i"), array("i")
    for number, line in _lines(path):
        try:
            row, label = (int(word) for word in line.split())
        except ValueError:
            bad.append(BadRow(path.name, number, f"{line.strip()!r} is not two integers"))
            continue
        fault = _range_fault(row, label, part, labels)
        if fault is not None:
            bad.append(BadRow(path.name, number, fault))
            continue
        rows.append(row)
        columns.append(label)
    ones = np.ones(len(rows), dtype=np.bool_)
    places = (np.asarray(rows), np.asarray(columns))
    return sparse.coo_array((ones, places), shape=(part.count, labels.count))


def _range_fault(row: int, label: int, part: Part, labels: Labels) -> str | None:
    if not 0 <= row < part.count:
        return f"row {row} is out of range: {part.file} has {part.count}"
    if not 0 <= label < labels.count:
        return f"label {label} is out of range: {labels.file} has {labels.count}"
    return None


def check_matrix(path: Path, part: Part, labels: Labels, relevance: Relevance) -> None:
    """Raise DataError at the first line of `trn_X_Y.txt` that disagrees with the JSON lines.

    Its first line has the numbers of rows and labels; then one line per row, `label:value ...`.
    """
    lines = _lines(path)
    header = next(lines, (1, ""))[1].split()
    stated = (str(part.count), str(labels.count))
    if tuple(header) != stated:
        raise DataError(
            f"{path}:1: states {' x '.join(header)} rows and labels, but {part.file} has "
            f"{part.count} lines and {labels.file} {labels.count}"
        )
    query_of = dict(zip(part.lines, range(part.first, part.first + len(part.lines)), strict=True))
    number = 1
    for number, line in lines:
        query = query_of.get(number - 2)
        if query is not None and _labels(path, number, line) != _known(relevance, query):
            raise DataError(
                f"{path}:{number}: names other labels than line {number - 1} of {part.file}; "
                "take both from one release, or remove the matrix, which is not needed"
            )
    if number - 1 != part.count:
        raise DataError(f"{path} has {number - 1} rows, its first line states {part.count}")


def _labels(path: Path, number: int, line: str) -> set[int]:
    try:
        return {int(pair.partition(":")[0]) for pair in line.split()}
    except ValueError:
        raise DataError(f"{path}:{number}: is not a line of label:value pairs") from None


def _known(relevance: Relevance, row: int) -> set[int]:
    return set(relevance.indices[relevance.indptr[row] : relevance.indptr[row + 1]].tolist())


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers from 1; an empty line is a row without labels."""
    with open_text(path, newline="\n") as stream:
        yield from enumerate(stream, start=1)
