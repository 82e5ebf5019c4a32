from __future__ import annotations

from pathlib import Path

import pytest

from models.catalogue import Catalogue, Product
from models.errors import DataError
from tests.training.commands.customer import write
from training.data.labelled import load_labelled
from training.data.tables import BadRows

CATALOGUE = Catalogue([Product("a", "Oven"), Product("b", "Hob")])


def labelled_file(directory: Path, *rows: tuple[str, str]) -> Path:
    write(directory / "pairs.csv", [("query", "product_id"), *rows])
    return directory / "pairs.csv"


def test_queries_are_over_the_catalogue_and_unknown_products_leave_none_right(
    tmp_path: Path,
) -> None:
    file = labelled_file(tmp_path, ("hob", "b"), ("new", "z"), ("both", "b"), ("both", "a"))

    dataset = load_labelled(file, CATALOGUE).dataset

    assert dataset.texts == ("hob", "new", "both")
    assert dataset.products == CATALOGUE.products
    assert dataset.relevance.toarray().tolist() == [[False, True], [False, False], [True, True]]
    assert dataset.answerable.tolist() == [True, False, True]


def test_bad_rows_are_counted_and_named(tmp_path: Path) -> None:
    file = labelled_file(tmp_path, ("", "a"), ("hob", "b"))

    with pytest.raises(BadRows, match=r"pairs\.csv:2: column 'query' is empty"):
        load_labelled(file, CATALOGUE)
    assert [bad.line for bad in load_labelled(file, CATALOGUE, max_bad_rows=1).bad_rows] == [2]


def test_ids_of_another_catalogue_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no product_id is in the catalogue of the bundle"):
        load_labelled(labelled_file(tmp_path, ("hob", "B")), CATALOGUE)
