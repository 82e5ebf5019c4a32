from __future__ import annotations

import numpy as np
import pytest

from models.catalogue import Product
from models.index.base import Neighbours
from training.data.dataset import Dataset, relevance_matrix
from training.evaluation.confident_errors import MOST_RIGHT, confident_errors

PRODUCTS = tuple(Product(f"p{row}", f"product {row}") for row in range(5))
DATASET = Dataset(
    texts=("right", "wrong", "surer", "open", "unanswered"),
    sources=("",) * 5,
    categories=("",) * 5,
    products=PRODUCTS,
    relevance=relevance_matrix([(0,), (1,), (1, 2, 3, 4), (), (0,)], 5),
)
FOUND = Neighbours(
    np.array([[0.99], [0.5], [0.7], [0.7], [-np.inf]], dtype=np.float32),
    np.array([[0], [0], [0], [3], [-1]]),
)
RIGHT = np.array([0.99, 0.4, 0.6, -np.inf, 0.1], dtype=np.float32)


def test_wrong_answers_come_in_the_order_of_their_scores() -> None:
    errors = confident_errors(FOUND, RIGHT, DATASET, 10)
    assert [one.query for one in errors] == ["surer", "open", "wrong"]
    assert [one.query for one in confident_errors(FOUND, RIGHT, DATASET, 1)] == ["surer"]


def test_an_error_names_what_was_answered_and_what_was_right() -> None:
    surer, open_set, wrong = confident_errors(FOUND, RIGHT, DATASET, 10)
    assert (wrong.answered.title, wrong.right[0].product_id) == ("product 0", "p1")
    assert (wrong.score, wrong.right_score) == pytest.approx((0.5, 0.4))
    assert len(surer.right) == MOST_RIGHT
    assert (open_set.right, open_set.right_score) == ((), None)
