"""What several rows own of an array that is kept flat: each row has a run of its elements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.index.base import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The elements of n rows, one row's after the other's.

    Element i is at `places[i]` of the array. `lengths` and `ends`, both (n,), say how many elements
    a row has, and how many it has with all rows before it.
    """

    places: Rows
    lengths: Rows
    ends: Rows

    @property
    def owners(self) -> Rows:
        """Return which of the n rows each element is of."""
        return np.arange(len(self.lengths)).repeat(self.lengths)


def runs_of(offsets: Rows, rows: Rows) -> Runs:
    """Return the runs of these rows, of any shape; row r has `offsets[r]` to `offsets[r + 1]`.

    Row -1 is the last one.
    """
    flat = rows.ravel()
    starts = offsets[:-1].take(flat)
    lengths = offsets[1:].take(flat) - starts
    ends = lengths.cumsum()
    places = (starts - (ends - lengths)).repeat(lengths)
    places += np.arange(len(places))
    return Runs(places, lengths, ends)
