"""Grocery baskets (The Instacart Online Grocery Shopping Dataset 2017): non-commercial use only."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.catalogue import Product
from models.errors import DataError
from training.data.dataset import Dataset
from training.data.sets.columns import read_columns
from training.data.sets.together import Together, basket_matrix, bought_together, related_products
from training.data.tables import read_table

BASKETS = {"order_id": "int64", "product_id": "int64"}
PRODUCTS = {
    "id": "product_id",
    "title": "product_name",
    "aisle": "aisle_id",
    "department": "department_id",
}
SETTINGS = Together(min_common=2)


def load_instacart_nc(folder: Path) -> Dataset:
    """Return products to find the products of, which are bought with them (2 baskets, lift 2)."""
    products = _products(folder)
    baskets = read_columns(folder / "order_products__train.csv.gz", BASKETS)
    bought, numbers = np.unique(baskets["product_id"].to_numpy(), return_inverse=True)
    unknown = [number for number in bought.tolist() if number not in products]
    if unknown:
        raise DataError(f"products.csv.gz lacks product {unknown[0]}, which a basket holds")
    kept = [products[number] for number in bought.tolist()]
    held = basket_matrix(baskets["order_id"].to_numpy(), numbers, len(kept))
    return related_products(kept, bought_together(held, SETTINGS))


def _products(folder: Path) -> dict[int, Product]:
    aisles, departments = (_names(folder, name) for name in ("aisle", "department"))
    rows = read_table(folder / "products.csv.gz", PRODUCTS).rows
    return {
        int(row.fields["id"]): Product(
            row.fields["id"],
            row.fields["title"],
            {
                "category": departments[row.fields["department"]],
                "aisle": aisles[row.fields["aisle"]],
            },
        )
        for row in rows
    }


def _names(folder: Path, what: str) -> dict[str, str]:
    columns = {"id": f"{what}_id", "name": what}
    rows = read_table(folder / f"{what}s.csv.gz", columns).rows
    return {row.fields["id"]: row.fields["name"] for row in rows}
