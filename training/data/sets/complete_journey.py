"""Supermarket baskets ("The Complete Journey", 84.51): many products, few distinct texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.catalogue import Product
from training.data.dataset import Dataset
from training.data.sets.columns import read_columns
from training.data.sets.together import (
    Numbers,
    Together,
    basket_matrix,
    bought_together,
    related_products,
)
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
    held = basket_matrix(baskets["basket_id"].to_numpy(), number[sold], len(kept) + 1)
    return related_products(kept, bought_together(held[:, : len(kept)], SETTINGS))


def _numbers(
    bought: Numbers, products: dict[int, Product], *, merged: bool
) -> tuple[Numbers, list[Product]]:
    """Return the number of each bought product, and the products that are numbered.

    Those without text share the number after the last.
    """
    kept: dict[str, Product] = {}
    keys = [_key(products.get(one), merged=merged) for one in bought.tolist()]
    for one, key in zip(bought.tolist(), keys, strict=True):
        if key is not None:
            kept.setdefault(key, products[one])
    number = {key: at for at, key in enumerate(kept)}
    places = (len(kept) if key is None else number[key] for key in keys)
    return np.fromiter(places, dtype=np.int64, count=len(keys)), list(kept.values())


def _key(product: Product | None, *, merged: bool) -> str | None:
    if product is None:
        return None
    return product.title if merged else product.product_id


def _products(folder: Path) -> dict[int, Product]:
    rows = read_table(folder / "products.csv.gz", PRODUCTS, optional=OPTIONAL).rows
    products = {int(row.fields["id"]): _product(row) for row in rows}
    return {number: product for number, product in products.items() if product.title}


def _product(row: Row) -> Product:
    title = " ".join(row.fields[name] for name in TEXT if row.fields[name])
    named = {"brand": row.fields["brand"], "category": row.fields["department"]}
    return Product(row.fields["id"], title, {name: text for name, text in named.items() if text})
