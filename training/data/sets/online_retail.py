"""Invoices of a gift shop, two years (D. Chen, UCI Machine Learning Repository 502 and 352)."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from pyarrow import compute

from models.catalogue import Product
from training.data.dataset import Dataset
from training.data.sets.columns import Columns, numbered, read_columns
from training.data.sets.together import Together, basket_matrix, bought_together, related_products

YEARS = ("2009-2010", "2010-2011")
TYPES = {"InvoiceNo": "string", "StockCode": "string", "Description": "string", "Quantity": "int64"}
SETTINGS = Together(min_common=5)


def load_online_retail(folder: Path) -> Dataset:
    """Return products to find the products of, which are bought with them (5 invoices, lift 2).

    Rows of a positive quantity, with a description and a stock code that starts with five digits
    are sales; the others are returns, fees and corrections. The title of a product is its most
    frequent description, of equally frequent ones the first of the alphabet.
    """
    sales = _sales(folder)
    codes, numbers = numbered(sales["StockCode"])
    invoices = numbered(sales["InvoiceNo"])[1]
    titles = _titles(sales)
    products = [Product(code, titles[code]) for code in codes]
    held = basket_matrix(invoices, numbers, len(codes))
    return related_products(products, bought_together(held, SETTINGS))


def _sales(folder: Path) -> Columns:
    years = [read_columns(folder / f"online_retail_{year}.csv.gz", TYPES) for year in YEARS]
    rows = pa.concat_tables(years)
    description = compute.utf8_trim_whitespace(rows["Description"])
    rows = rows.set_column(rows.schema.get_field_index("Description"), "Description", description)
    is_sold = compute.greater(rows["Quantity"], 0)
    is_described = compute.not_equal(rows["Description"], "")
    is_product = compute.match_substring_regex(rows["StockCode"], r"^\d{5}")
    return rows.filter(compute.and_(is_sold, compute.and_(is_described, is_product)))


def _titles(sales: Columns) -> dict[str, str]:
    counted = sales.group_by(["StockCode", "Description"]).aggregate([([], "count_all")])
    order = [("count_all", "ascending"), ("Description", "descending")]
    ranked = counted.sort_by(order)  # so that the last one of a product wins
    return dict(
        zip(ranked["StockCode"].to_pylist(), ranked["Description"].to_pylist(), strict=True)
    )
