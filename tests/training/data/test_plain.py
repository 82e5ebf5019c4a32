from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import DataError
from training.data.plain import load_plain
from training.data.tables import BadRows

PRODUCTS = "id,title\np1,Neff oven\np2,Bosch fridge\n"
PAIRS = "query,product_id\nan oven,p1\nkitchen,p2\nkitchen,p1\n"


def write(directory: Path, products: str = PRODUCTS, pairs: str = PAIRS) -> tuple[Path, Path]:
    files = directory / "products.csv", directory / "pairs.csv"
    for file, content in zip(files, (products, pairs), strict=True):
        file.write_text(content)
    return files


def test_pairs_of_the_same_query_are_one_query(tmp_path: Path) -> None:
    loaded = load_plain(*write(tmp_path))

    assert loaded.dataset.texts == ("an oven", "kitchen")
    assert loaded.dataset.relevance.toarray().tolist() == [[True, False], [True, True]]
    assert loaded.bad_rows == ()


def test_every_bad_row_of_both_files_is_named(tmp_path: Path) -> None:
    products, pairs = write(
        tmp_path,
        products=PRODUCTS + "p1,Neff again\np3,\n",
        pairs=PAIRS + "a tv,p9\n,p1\n",
    )

    with pytest.raises(BadRows) as raised:
        load_plain(products, pairs)

    assert [str(bad) for bad in raised.value.bad_rows] == [
        "products.csv:5: column 'title' is empty",
        "products.csv:4: product id 'p1' is already on line 2",
        "pairs.csv:6: column 'query' is empty",
        "pairs.csv:5: product_id 'p9' is not in the table of products",
    ]


def test_allowed_bad_rows_are_left_out_and_returned(tmp_path: Path) -> None:
    files = write(tmp_path, pairs=PAIRS + "a tv,p9\n")

    loaded = load_plain(*files, max_bad_rows=1)

    assert len(loaded.dataset) == 2
    assert [bad.line for bad in loaded.bad_rows] == [5]


def test_nothing_usable_is_an_error(tmp_path: Path) -> None:
    files = write(tmp_path, pairs="query,product_id\na tv,p9\n")

    with pytest.raises(DataError, match=r"pairs\.csv has no pair"):
        load_plain(*files, max_bad_rows=5)
