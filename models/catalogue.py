"""Products of the customer's catalogue, in the row order that the index uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.errors import DataError


@dataclass(frozen=True, slots=True)
class Product:
    """One item of the catalogue; `product_id` is the customer's own string."""

    product_id: str
    title: str
    attributes: Mapping[str, str] = field(default_factory=dict)


class Catalogue:
    """An immutable list of products; row i of the index is product i of the catalogue."""

    def __init__(self, products: Sequence[Product]) -> None:
        """Raise DataError when two products share a `product_id`."""
        self._products = tuple(products)
        self._rows = {product.product_id: row for row, product in enumerate(self._products)}
        if len(self._rows) != len(self._products):
            raise DataError(f"duplicate product_id in the catalogue: {self._first_duplicate()!r}")

    def __len__(self) -> int:
        return len(self._products)

    def __getitem__(self, row: int) -> Product:
        return self._products[row]

    @property
    def products(self) -> tuple[Product, ...]:
        return self._products

    def find(self, product_id: str) -> Product | None:
        """Return the product with this id, or None when the catalogue has none."""
        row = self._rows.get(product_id)
        return None if row is None else self._products[row]

    def _first_duplicate(self) -> str:
        seen: set[str] = set()
        for product in self._products:
            if product.product_id in seen:
                return product.product_id
            seen.add(product.product_id)
        return ""
