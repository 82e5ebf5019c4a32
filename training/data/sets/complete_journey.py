"""Supermarket baskets ("The Complete Journey", 84.51): many products, few distinct texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.catalogue import Product
from training.data.dataset import Dataset
from training.data.sets.columns import read_columns
from training.data.sets.together import Numbers, Together, bought_together, related_products
from training.data.tables import Row, read_table

TEXT = ("brand", "product_category", "product_type", "package_size")
PRODUCTS = {"id": "product_id"}
OPTIONAL = {name: name for name in (*TEXT, "department")}
BASKETS = {"basket_id": "int64", "product_id": "int64"}
SETTINGS = Together(min_common=2)


def load_complete_journey(folder: Path) -> Dataset:
    """Return products to find the products of, which are bought with them (2 baskets, lift 2).

    The title joins brand, category, type and size: many products share one, so this is for scale.
    """
    return _load(folder, merged=False)


def load_complete_journey_merged(folder: Path) -> Dataset:
    """Return the same with products of equal title as one, named by the smallest id."""
    return _load(folder, merged=True)


def _load(folder: Path, *, merged: bool) -> Dataset:
    products = _products(folder)
    baskets = read_columns(folder / "baskets.csv.gz", BASKETS)
    bought, sold = np.unique(baskets["product_id"].to_numpy(), return_inverse=True)
    number, kept = _numbers(bought, products, merged=merged)
    numbers = number[sold]
    has_text = numbers >= 0
    related = bought_together(
        baskets["basket_id"].to_numpy()[has_text], numbers[has_text], len(kept), SETTINGS
    )
    return related_products(kept, related)


def _numbers(
    bought: Numbers, products: dict[int, Product], *, merged: bool
) -> tuple[Numbers, list[Product]]:
    """Return the number of each bought product, -1 for one without text, and the numbered ones."""
    kept: dict[object, Product] = {}
    number: dict[object, int] = {}
    numbers = np.full(len(bought), -1, dtype=np.int64)
    for at, product_id in enumerate(bought.tolist()):
        product = products.get(product_id)
        if product is not None:
            key = product.title if merged else product_id
            kept.setdefault(key, product)
            numbers[at] = number.setdefault(key, len(number))
    return numbers, list(kept.values())


def _products(folder: Path) -> dict[int, Product]:
    rows = read_table(folder / "products.csv.gz", PRODUCTS, optional=OPTIONAL).rows
    products = {int(row.fields["id"]): _product(row) for row in rows}
    return {number: product for number, product in products.items() if product.title}


def _product(row: Row) -> Product:
    title = " ".join(row.fields[name] for name in TEXT if row.fields[name])
    named = {"brand": row.fields["brand"], "category": row.fields["department"]}
    return Product(row.fields["id"], title, {name: text for name, text in named.items() if text})
