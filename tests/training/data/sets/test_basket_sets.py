from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import DataError
from tests.training.data.sets.files import answers, write
from training.data.dataset import Dataset
from training.data.sets.complete_journey import (
    load_complete_journey,
    load_complete_journey_merged,
)
from training.data.sets.instacart import load_instacart_nc
from training.data.sets.online_retail import load_online_retail

SALES = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,Country"


def sale(invoice: int, code: str, text: str, quantity: int = 1) -> str:
    return f"{invoice},{code},{text},{quantity},2010-01-01,1.0,UK"


def pair_of_lanterns(invoices: int, *more: str) -> list[str]:
    """Two products on so many invoices, and twice as many invoices of other single products."""
    rows = [
        sale(invoice, code, text)
        for invoice in range(invoices)
        for code, text in (("10001", "WHITE LANTERN"), ("10002A", " red lantern "))
    ]
    rows += [sale(100 + other, f"200{other:02}", "x") for other in range(2 * invoices)]
    return [*rows, *more]


def retail(folder: Path, first: list[str], second: list[str]) -> Dataset:
    write(folder, "online_retail_2009-2010.csv", SALES, *first)
    write(folder, "online_retail_2010-2011.csv", SALES, *second)
    return load_online_retail(folder)


def test_five_common_invoices_relate_two_products_of_the_shop(tmp_path: Path) -> None:
    dataset = retail(tmp_path, pair_of_lanterns(5), [sale(900, "30000", "y")])
    assert answers(dataset) == [("WHITE LANTERN", ["10002A"]), ("red lantern", ["10001"])]
    assert dataset.filtered is not None
    assert dataset.filtered.nnz == 2


def test_the_most_frequent_description_is_the_title(tmp_path: Path) -> None:
    more = [sale(200, "10001", "WHITE LANTERN OLD"), sale(201, "10002A", "blue lantern")]
    dataset = retail(tmp_path, pair_of_lanterns(5, *more), [sale(900, "30000", "y")])
    assert dataset.texts == ("WHITE LANTERN", "red lantern")


@pytest.mark.parametrize(
    "row",
    [
        sale(0, "10003", "returned", quantity=-1),
        sale(0, "POST", "postage"),
        sale(0, "10003", " "),
    ],
    ids=["return", "fee", "no description"],
)
def test_what_is_no_sale_of_a_product_is_left_out(tmp_path: Path, row: str) -> None:
    usual = retail(tmp_path, pair_of_lanterns(5), [sale(900, "30000", "y")])
    no_sales = [row.replace("0,", f"{invoice},", 1) for invoice in range(5)]
    other = retail(tmp_path, pair_of_lanterns(5), [sale(900, "30000", "y"), *no_sales])
    assert answers(other) == answers(usual)


def test_rows_that_both_years_hold_count_once(tmp_path: Path) -> None:
    rows = pair_of_lanterns(4)
    with pytest.raises(DataError, match="no two products are related"):
        retail(tmp_path, rows, rows)


def write_journey(folder: Path) -> Path:
    write(
        folder,
        "products.csv",
        "product_id,manufacturer_id,department,brand,product_category,product_type,package_size",
        "10,2,GROCERY,National,ICE,CUBED,22 LB",
        "11,3,GROCERY,National,ICE,CUBED,22 LB",
        "12,2,DELI,Private,HAM,,",
        "13,2,MISC,,,,",
        "14,2,BAKERY,Private,BUN,,",
    )
    baskets = [(1, 10), (1, 12), (1, 14), (2, 11), (2, 12), (2, 14)]
    baskets += [(1, 13), (3, 13), (2, 99), (4, 99)]
    rows = [f"{basket},{product},1" for basket, product in baskets]
    write(folder, "baskets.csv", "basket_id,product_id,quantity", *rows)
    return folder


def test_products_of_the_supermarket_are_described_by_their_category(tmp_path: Path) -> None:
    """Product 13 has no text and 99 is not listed: they count as baskets, but are no products."""
    dataset = load_complete_journey(write_journey(tmp_path))
    assert answers(dataset) == [("Private HAM", ["14"]), ("Private BUN", ["12"])]
    assert dataset.categories == ("DELI", "BAKERY")
    assert dataset.products[0].attributes == {"brand": "Private", "category": "DELI"}


def test_products_of_equal_text_can_be_one(tmp_path: Path) -> None:
    dataset = load_complete_journey_merged(write_journey(tmp_path))
    assert answers(dataset) == [
        ("National ICE CUBED 22 LB", ["12", "14"]),
        ("Private HAM", ["10", "14"]),
        ("Private BUN", ["10", "12"]),
    ]


def write_groceries(folder: Path, *rows: str) -> Path:
    write(folder, "aisles.csv", "aisle_id,aisle", "1,soups")
    write(folder, "departments.csv", "department_id,department", "7,frozen")
    titles = ["1,Soup,1,7", "2,Bread,1,7", "3,Tea,1,7"]
    write(folder, "products.csv", "product_id,product_name,aisle_id,department_id", *titles)
    columns = "order_id,product_id,add_to_cart_order,reordered"
    write(folder, "order_products__train.csv", columns, *rows)
    return folder


def test_two_common_baskets_relate_two_groceries(tmp_path: Path) -> None:
    baskets = ["1,1,1,0", "1,2,2,0", "2,1,1,0", "2,2,2,0", "3,3,1,0", "4,3,1,0"]
    dataset = load_instacart_nc(write_groceries(tmp_path, *baskets))
    assert answers(dataset) == [("Soup", ["2"]), ("Bread", ["1"])]
    assert dataset.products[0].attributes == {"category": "frozen", "aisle": "soups"}


def test_a_basket_of_an_unknown_product_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"products\.csv\.gz lacks product 9"):
        load_instacart_nc(write_groceries(tmp_path, "1,9,1,0"))
