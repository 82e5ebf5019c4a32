"""Baskets of three shops: a product's title -> products bought with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from models.catalogue import Product
from training.data.dataset import Dataset
from training.data.sets.together import Association, bought_together
from training.data.tables import read_table

RETAIL_YEARS = ("2009-2010", "2010-2011")
NO_LIMIT = 2**63
CODE_DIGITS = 5


def load_online_retail(folder: Path) -> Dataset:
    """Return the invoices of a UK gift shop (Chen, UCI 502 and 352) as related products.

    Read are rows of a positive quantity with a description and a stock code that starts with five
    digits; the title of a product is its most frequent description. Related are products of at
    least 5 common invoices.
    """
    spellings: dict[str, Counter[str]] = {}
    purchases = []
    for invoice, code, description in _invoice_lines(folder):
        spellings.setdefault(code, Counter())[description] += 1
        purchases.append((invoice, code))
    products = {
        code: Product(code, min(found, key=lambda text: (-found[text], text)))
        for code, found in spellings.items()
    }
    return bought_together(purchases, products, Association(fewest_baskets=5))


def _invoice_lines(folder: Path) -> Iterator[tuple[str, str, str]]:
    columns = {"invoice": "InvoiceNo", "code": "StockCode", "quantity": "Quantity"}
    for year in RETAIL_YEARS:
        table = read_table(
            folder / f"online_retail_{year}.csv.gz",
            columns,
            optional={"description": "Description"},
            max_bad_rows=NO_LIMIT,
        )
        for row in table.rows:
            code, description = row.fields["code"], row.fields["description"]
            usable = description and code[:CODE_DIGITS].isdecimal() and len(code) >= CODE_DIGITS
            if usable and float(row.fields["quantity"]) > 0:
                yield row.fields["invoice"], code, description


def load_complete_journey(folder: Path, *, merge_equal_titles: bool = True) -> Dataset:
    """Return a supermarket's baskets (84.51 degrees) as related products.

    The text of a product describes its kind; only a quarter of the products have a text of their
    own, so products of equal text are one unless `merge_equal_titles` is False. Related are those
    of at least 2 common baskets.
    """
    columns = ("brand", "product_category", "product_type", "package_size", "department")
    table = read_table(
        folder / "products.csv.gz", {"id": "product_id"}, optional={name: name for name in columns}
    )
    named = {row.fields["id"]: _description(row.fields, columns) for row in table.rows}
    first: dict[str, str] = {}
    for product, (title, _) in named.items():
        first.setdefault(title, product)
    products = {
        product: Product(product, title, {"category": category} if category else {})
        for product, (title, category) in named.items()
    }
    baskets = read_table(
        folder / "baskets.csv.gz", {"basket": "basket_id", "product": "product_id"}
    )
    purchases = (
        (row.fields["basket"], _merged(row.fields["product"], named, first, merge_equal_titles))
        for row in baskets.rows
    )
    return bought_together(purchases, products, Association(fewest_baskets=2))


def _merged(
    product: str,
    named: dict[str, tuple[str, str]],
    first: dict[str, str],
    merge: bool,  # noqa: FBT001 - handed on by name
) -> str:
    return first[named[product][0]] if merge else product


def _description(fields: object, columns: tuple[str, ...]) -> tuple[str, str]:
    """Return the text of a product, and its department as category."""
    assert isinstance(fields, dict)
    words = [fields[name] for name in columns if fields[name]]
    return " ".join(words) or "no description", str(fields["department"])


def load_instacart(folder: Path) -> Dataset:
    """Return the "train" orders of Instacart 2017 (non-commercial use only) as related products.

    Related are products of at least 2 common orders.
    """
    aisles = {
        row.fields["id"]: row.fields["name"]
        for row in read_table(folder / "aisles.csv.gz", {"id": "aisle_id", "name": "aisle"}).rows
    }
    columns = {"id": "product_id", "name": "product_name", "aisle": "aisle_id"}
    products = {
        row.fields["id"]: Product(
            row.fields["id"], row.fields["name"], {"category": aisles[row.fields["aisle"]]}
        )
        for row in read_table(folder / "products.csv.gz", columns).rows
    }
    orders = read_table(
        folder / "order_products__train.csv.gz", {"order": "order_id", "product": "product_id"}
    )
    purchases = ((row.fields["order"], row.fields["product"]) for row in orders.rows)
    return bought_together(purchases, products, Association(fewest_baskets=2))
