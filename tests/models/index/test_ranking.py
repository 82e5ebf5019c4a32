from __future__ import annotations

import numpy as np

from models.index.base import Neighbours
from models.index.ranking import first, ranked, taken

NAN = float("nan")
INF = float("inf")


def judged() -> Neighbours:
    return Neighbours(
        np.array([[0.5, 0.9, 0.7]], np.float32),
        np.array([[4, 2, 8]]),
        np.array([[0.75, 0.5, NAN]], np.float32),
    )


def test_the_best_come_first_and_of_equals_the_smaller_row() -> None:
    scores = np.array([[0.5, 0.9000001, 0.9, 0.1]], np.float32)
    found = ranked(scores, np.array([[3, 7, 2, -1]]))
    assert found.rows.tolist() == [[2, 7, 3, -1]]
    assert found.scores.tolist() == [[np.float32(0.9), np.float32(0.9), 0.5, -INF]]
    assert found.probabilities is None


def test_the_first_columns_keep_their_probabilities() -> None:
    found = first(judged(), 1)
    assert (found.rows.tolist(), found.deciding.tolist()) == ([[4]], [[0.75]])


def test_missing_columns_are_filled_with_no_product() -> None:
    found = first(judged(), 5)
    assert found.rows.tolist() == [[4, 2, 8, -1, -1]]
    assert found.scores[0, 3:].tolist() == [-INF, -INF]
    assert found.deciding.tolist() == [[0.75, 0.5, -INF, -INF, -INF]]
    unjudged = first(Neighbours(judged().scores, judged().rows), 5)
    assert unjudged.probabilities is None


def test_columns_are_taken_in_their_order() -> None:
    found = taken(judged(), np.array([[2, 0]]))
    assert found.rows.tolist() == [[8, 4]]
    assert found.scores.tolist() == [[np.float32(0.7), 0.5]]
    assert found.deciding.tolist() == [[-INF, 0.75]]
