from __future__ import annotations

from pathlib import Path

import pytest

from models.catalogue import Product
from models.errors import DataError
from training.data.plain import load_plain
from training.data.tables import BadRow, BadRows

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


def test_further_columns_of_a_product_are_its_attributes(tmp_path: Path) -> None:
    files = write(tmp_path, products="id,title,brand,price\np1,Oven,Neff,9.90\np2,Fridge,,\n")

    products = load_plain(*files).dataset.products

    assert products[0] == Product("p1", "Oven", {"brand": "Neff", "price": "9.90"})
    assert products[1] == Product("p2", "Fridge", {})


def test_a_query_with_an_empty_product_id_has_no_right_product(tmp_path: Path) -> None:
    dataset = load_plain(*write(tmp_path, pairs=PAIRS + "a bicycle,\n")).dataset

    assert dataset.texts[2] == "a bicycle"
    assert dataset.answerable.tolist() == [True, True, False]


def test_pairs_may_name_shop_category_part_and_what_is_ignored(tmp_path: Path) -> None:
    files = write(
        tmp_path,
        pairs="query,product_id,source,category,part,label\n"
        "an oven,p1,shop a,Kitchen,,\n"
        "an oven,p2,shop a,Kitchen,,ignored\n"
        "an oven,p1,shop b,Kitchen,test,right\n",
    )

    dataset = load_plain(*files).dataset

    assert dataset.texts == ("an oven", "an oven")
    assert dataset.sources == ("shop a", "shop b")
    assert dataset.categories == ("Kitchen", "Kitchen")
    assert dataset.relevance.toarray().tolist() == [[True, False], [True, False]]
    assert dataset.filtered is not None
    assert dataset.filtered.toarray().tolist() == [[False, True], [False, False]]
    assert dataset.held_out is not None
    assert dataset.held_out.tolist() == [False, True]


def test_further_columns_of_a_pair_are_attributes_of_the_query(tmp_path: Path) -> None:
    files = write(
        tmp_path,
        pairs="query,product_id,brand,ean\nan oven,p1,Neff,4242\nkitchen,p2,,\nkitchen,p1,Bosch,\n",
    )

    dataset = load_plain(*files).dataset

    # The first pair of a query describes it.
    assert dataset.attributes == ({"brand": "Neff", "ean": "4242"}, {})


def test_without_further_columns_a_query_has_no_attributes(tmp_path: Path) -> None:
    assert load_plain(*write(tmp_path)).dataset.attributes is None
    empty = write(tmp_path, pairs="query,product_id,brand\nan oven,p1,\n")
    assert load_plain(*empty).dataset.attributes is None


def test_without_these_columns_nothing_is_filtered_or_held_out(tmp_path: Path) -> None:
    dataset = load_plain(*write(tmp_path)).dataset
    assert dataset.sources == dataset.categories == ("", "")
    assert dataset.filtered is None
    assert dataset.held_out is None


def test_a_query_id_tells_apart_queries_of_equal_text(tmp_path: Path) -> None:
    files = write(tmp_path, pairs="query_id,query,product_id\n1,oven,p1\n2,oven,p2\n1,oven,p2\n")
    dataset = load_plain(*files).dataset
    assert dataset.texts == ("oven", "oven")
    assert dataset.relevance.toarray().tolist() == [[True, True], [False, True]]


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        ("q1,other,,,p1,", "column 'query' differs from that on line 2, same query"),
        ("q1,oven,Food,,p1,", "column 'category' differs from that on line 2, same query"),
        ("q1,oven,,test,p1,", "column 'part' differs from that on line 2, same query"),
        ("q1,oven,,,,", "says that no product is right, but an earlier line names one"),
        ("q2,lamp,,,p1,", "line 3 says that no product is right for this query"),
        ("q2,lamp,,,,ignored", "an ignored pair needs a product_id"),
        ("q3,chair,,,p1,ignored", "the query has ignored pairs only; a pair with an empty"),
        ("q3,chair,,dev,p1,", "column 'part' is 'dev', neither 'train' nor 'test'"),
        ("q3,chair,,,p1,wrong", "column 'label' is 'wrong', neither 'right' nor 'ignored'"),
    ],
)
def test_a_pair_that_contradicts_is_a_bad_row(tmp_path: Path, pair: str, reason: str) -> None:
    files = write(
        tmp_path,
        pairs=f"query_id,query,category,part,product_id,label\nq1,oven,,,p1,\nq2,lamp,,,,\n{pair}\n",
    )

    loaded = load_plain(*files, max_bad_rows=1)

    (bad,) = loaded.bad_rows
    assert (bad.file, bad.line) == ("pairs.csv", 4)
    assert bad.reason.startswith(reason)
    assert loaded.dataset.texts == ("oven", "lamp")


def test_a_pair_of_json_must_not_forget_its_product(tmp_path: Path) -> None:
    """Left out by a misspelt name, it would say that no product is right."""
    products, _ = write(tmp_path)
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"query": "oven", "product_id": "p1"}\n{"query": "lamp", "product": "p1"}\n')

    loaded = load_plain(products, pairs, max_bad_rows=1)

    assert loaded.bad_rows == (BadRow("pairs.jsonl", 2, "column 'product_id' is missing"),)
