from __future__ import annotations

import numpy as np
import pytest

from models.decider.runs import runs_of
from models.index.base import Rows

OFFSETS = np.array([0, 2, 2, 5, 5])  # four rows, of which the second and the last have nothing


@pytest.mark.parametrize(
    ("rows", "places", "owners"),
    [
        ([[0, 2]], [0, 1, 2, 3, 4], [0, 0, 1, 1, 1]),
        ([[2], [0]], [2, 3, 4, 0, 1], [0, 0, 0, 1, 1]),
        ([[0, 1], [-1, 0]], [0, 1, 0, 1], [0, 0, 3, 3]),
        ([[1, -1]], [], []),
        (np.zeros((0, 2), np.int64), [], []),
    ],
    ids=["two", "order", "nothing between", "nothing", "no row"],
)
def test_a_row_has_its_run_of_elements(rows: Rows, places: list[int], owners: list[int]) -> None:
    found = runs_of(OFFSETS, np.asarray(rows))
    assert found.places.tolist() == places
    assert found.owners.tolist() == owners


def test_lengths_and_ends_are_by_row() -> None:
    found = runs_of(OFFSETS, np.array([[0, 1], [2, -1]]))
    assert found.lengths.tolist() == [2, 0, 3, 0]
    assert found.ends.tolist() == [2, 2, 5, 5]
