"""Two ovens whose queries can be told apart, or not, in two dimensions."""

from __future__ import annotations

import numpy as np
import pytest

from models.catalogue import Product
from models.encoder import FloatMatrix
from training.catalogue_check import CheckSettings, check_catalogue
from training.catalogue_check.confusion import Confusion, confusion
from training.catalogue_check.evidence import gather
from training.catalogue_check.titles import title_difference
from training.data.dataset import Dataset, relevance_matrix

SETTINGS = CheckSettings()
FIRST, SECOND = "Neff K8524X8GB", "Neff K8524X8"


def at(*degrees: float) -> FloatMatrix:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def ovens(texts: list[str], labels: list[tuple[int, ...]]) -> Dataset:
    products = (Product("a", FIRST), Product("b", SECOND))
    empty = ("",) * len(texts)
    return Dataset(tuple(texts), empty, empty, products, relevance_matrix(labels, 2))


def confused(texts: list[str], labels: list[tuple[int, ...]], queries: FloatMatrix) -> Confusion:
    evidence = gather(ovens(texts, labels), queries, at(0, 90), SETTINGS)
    return confusion(evidence, 0, 1, title_difference(FIRST, SECOND), 100)


def test_queries_near_their_own_product_and_each_other_are_distinct() -> None:
    found = confused(["oven"] * 4, [(0,), (0,), (1,), (1,)], at(1, 2, 88, 89))
    assert found == Confusion(2, 2, 0.0, 0.0)


def test_a_query_near_the_others_in_both_ways_is_confused() -> None:
    found = confused(["oven"] * 5, [(0,), (0,), (0,), (1,), (1,)], at(1, 2, 87, 88, 89))
    # The third of the first product; the nearest of the others' 88 degrees is at 87 or at 89.
    assert found.first_confused == 1.0


def test_a_query_is_judged_without_itself() -> None:
    """Alone with its label, a query has no companion to be near to."""
    found = confused(["oven"] * 2, [(0,), (1,)], at(1, 89))
    assert found == Confusion(1, 1, 0.0, 0.0)


def test_saying_only_the_other_code_is_confused_wherever_the_vectors_lie() -> None:
    texts = ["k8524x8gb oven", "k8524x8gb", "k8524x8gb 70/30", "k8524x8"]
    found = confused(texts, [(0,), (0,), (1,), (1,)], at(1, 2, 88, 89))
    assert (found.first_confused, found.second_confused) == (0.0, 1.0)


def test_queries_of_both_products_say_nothing() -> None:
    found = confused(["oven"] * 3, [(0,), (1,), (0, 1)], at(1, 89, 45))
    assert found.queries == 2


def test_a_query_near_another_product_and_its_queries_is_suspicious() -> None:
    texts = ["oven"] * 9 + ["fridge"] * 6
    labels: list[tuple[int, ...]] = [(0 if at < 10 else 1,) for at in range(15)]
    dataset = ovens(texts, labels)
    queries = at(*range(9), *range(80, 86))
    (found,) = check_catalogue(dataset, queries, at(4, 83), SETTINGS).mislabelled
    assert (found.query, found.row) == ("fridge", 9)
    assert (found.labelled.product_id, found.suggested.product_id) == ("a", "b")
    assert (found.labelled_votes, found.suggested_votes) == (5, 5)
    assert found.suggested_cosine == pytest.approx(np.cos(np.radians(3)), abs=1e-3)


def test_queries_without_labels_are_left_alone() -> None:
    dataset = ovens(["oven", "fridge", "open"], [(0,), (1,), ()])
    check = check_catalogue(dataset, at(0, 90, 45), at(0, 90), SETTINGS)
    assert check.mislabelled == ()
