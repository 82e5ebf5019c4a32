from __future__ import annotations

from pathlib import Path

import pytest

from models.catalogue import Catalogue, Product
from models.errors import DataError
from training.data.labelled import load_labelled
from training.data.tables import BadRows

CATALOGUE = Catalogue([Product("p1", "Oven"), Product("p2", "Fridge")])


def write(directory: Path, *lines: str) -> Path:
    path = directory / "pairs.csv"
    path.write_text("".join(f"{line}\n" for line in ("query,product_id,source", *lines)))
    return path


def test_queries_are_over_the_given_catalogue(tmp_path: Path) -> None:
    dataset = load_labelled(write(tmp_path, "oven,p1,a", "both,p2,a", "both,p1,a"), CATALOGUE)
    assert dataset.dataset.texts == ("oven", "both")
    assert dataset.dataset.sources == ("a", "a")
    assert dataset.dataset.relevance.toarray().tolist() == [[True, False], [True, True]]


def test_a_query_of_an_unknown_or_of_no_product_has_no_right_one(tmp_path: Path) -> None:
    pairs = write(tmp_path, "oven,p1,a", "tv,p9,a", "bicycle,,a", "oven,p9,a")
    loaded = load_labelled(pairs, CATALOGUE)
    assert loaded.dataset.texts == ("oven", "tv", "bicycle")
    assert loaded.dataset.answerable.tolist() == [True, False, False]
    assert loaded.bad_rows == ()


def test_a_contradiction_is_a_bad_row(tmp_path: Path) -> None:
    pairs = write(tmp_path, "oven,p1,a", "tv,p9,a", "tv,,a")
    with pytest.raises(BadRows, match=r"pairs\.csv:4: says that no product is right"):
        load_labelled(pairs, CATALOGUE)
    assert len(load_labelled(pairs, CATALOGUE, max_bad_rows=1).dataset) == 2


def test_pairs_of_another_catalogue_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no product_id is in the catalogue of the bundle"):
        load_labelled(write(tmp_path, "tv,p9,a"), CATALOGUE)
