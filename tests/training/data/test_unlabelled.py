from __future__ import annotations

from pathlib import Path

import pytest

from models.catalogue import Catalogue, Product
from models.errors import DataError
from training.data.tables import BadRows
from training.data.unlabelled import load_unlabelled

CATALOGUE = Catalogue([Product("p1", "Oven")])


def write(directory: Path, *lines: str) -> Path:
    path = directory / "traffic.csv"
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def test_each_row_is_a_query_with_what_else_is_known_of_it(tmp_path: Path) -> None:
    file = write(tmp_path, "query,category,brand", "oven,kitchen,Smeg", "oven,kitchen,")
    found, bad = load_unlabelled(file, CATALOGUE)
    assert (found.texts, found.categories) == (("oven", "oven"), ("kitchen", "kitchen"))
    assert found.attributes == ({"brand": "Smeg"}, {})
    assert found.products == CATALOGUE.products
    assert bad == ()


def test_bad_rows_are_named_and_can_be_allowed(tmp_path: Path) -> None:
    file = write(tmp_path, "query,brand", "oven,", ",Smeg")
    with pytest.raises(BadRows, match=r"traffic\.csv:3: column 'query' is empty"):
        load_unlabelled(file, CATALOGUE)
    found, bad = load_unlabelled(file, CATALOGUE, max_bad_rows=1)
    assert (len(found), len(bad)) == (1, 1)


def test_a_table_without_the_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="query"):
        load_unlabelled(write(tmp_path, "text", "oven"), CATALOGUE)
