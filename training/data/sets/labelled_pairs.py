"""Tables of two offers and whether they are of the same product.

Pairs of different products name offers and say which are held out; what they deny is dropped: a
data set has no place for it, in which whatever is not right for a query is wrong anyway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import DataError
from training.data.tables import Row, read_table

IDS = {"left": "ltable_id", "right": "rtable_id", "label": "label"}


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two offers, by id or by title."""

    left: str
    right: str
    same: bool


def read_pairs(path: Path, columns: Mapping[str, str] = IDS) -> list[LabelledPair]:
    """Return the pairs; raise DataError when a label is neither 0 nor 1, or as `read_table`."""
    return [_pair(row, path.name) for row in read_table(path, columns).rows]


def _pair(row: Row, file: str) -> LabelledPair:
    label = row.fields["label"]
    if label not in {"0", "1"}:
        raise DataError(f"{file}:{row.line}: label {label!r} is neither 0 nor 1")
    return LabelledPair(row.fields["left"], row.fields["right"], label == "1")


def places_of(ids: Sequence[str], file: str) -> dict[str, int]:
    """Return the row of each id; raise DataError when one is there twice."""
    places = {one: row for row, one in enumerate(ids)}
    if len(places) != len(ids):
        twice = next(one for row, one in enumerate(ids) if places[one] != row)
        raise DataError(f"{file}: id {twice!r} is there twice")
    return places


def place(places: Mapping[str, int], one: str, file: str) -> int:
    """Return the row of an id; raise DataError when the table does not have it."""
    row = places.get(one)
    if row is None:
        raise DataError(f"{file}: a pair names id {one!r}, which the table of offers does not have")
    return row
