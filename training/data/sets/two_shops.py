"""Queries of one shop, products of another, and the pairs that are the same product.

Abt-Buy and Amazon-Google (Database Group Leipzig), Walmart-Amazon (Magellan data), as the folder
`full` of the copies has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.catalogue import Product
from training.data.dataset import Dataset, relevance_matrix, some
from training.data.sets.labelled_pairs import place, places_of
from training.data.tables import Row, Table, read_table

ATTRIBUTES = {
    "brand": "brand",
    "manufacturer": "manufacturer",
    "modelno": "modelno",
    "price": "price",
    "shipweight": "shipweight",
    "dimensions": "dimensions",
}


@dataclass(frozen=True, slots=True)
class _Shops:
    """The files, and which column of the matches names the query and which the product."""

    queries: str
    products: str
    columns: tuple[str, str]
    delimiter: str
    title: str

    def offers(self, folder: Path, name: str) -> Table:
        return read_table(
            folder / "full" / f"{name}.csv.gz",
            {"id": "id", "title": self.title},
            optional=ATTRIBUTES,
            delimiter=self.delimiter,
        )

    def matches(self, folder: Path) -> Table:
        query, product = self.columns
        columns = {"query": query, "product": product}
        return read_table(folder / "full" / "gt.csv.gz", columns, delimiter=self.delimiter)


def load_walmart_amazon(folder: Path) -> Dataset:
    """Return all offers of Walmart over the catalogue of Amazon: most have no right product."""
    return _load(folder, _Shops("walmart", "amazon", ("D1", "D2"), "|", "title"))


def load_amazon_google(folder: Path) -> Dataset:
    """Return the offers of Google that are in the catalogue of Amazon."""
    return _answerable(_load(folder, _Shops("gp", "amazon", ("D2", "D1"), "#", "title")))


def load_abt_buy(folder: Path) -> Dataset:
    """Return the offers of Abt that are in the catalogue of Buy."""
    return _answerable(_load(folder, _Shops("abt", "buy", ("D1", "D2"), "|", "name")))


def _load(folder: Path, shops: _Shops) -> Dataset:
    queries = shops.offers(folder, shops.queries).rows
    products = shops.offers(folder, shops.products).rows
    query_of = places_of([row.fields["id"] for row in queries], shops.queries)
    product_of = places_of([row.fields["id"] for row in products], shops.products)
    right: list[list[int]] = [[] for _ in queries]
    for row in shops.matches(folder).rows:
        query = place(query_of, row.fields["query"], shops.queries)
        right[query].append(place(product_of, row.fields["product"], shops.products))
    return Dataset(
        texts=tuple(row.fields["title"] for row in queries),
        sources=(shops.queries,) * len(queries),
        categories=("",) * len(queries),
        products=tuple(_product(row) for row in products),
        relevance=relevance_matrix(right, len(products)),
        attributes=some([_product(row).attributes for row in queries]),
    )


def _product(row: Row) -> Product:
    attributes = {name: row.fields[name] for name in ATTRIBUTES if row.fields[name]}
    return Product(row.fields["id"], row.fields["title"], attributes)


def _answerable(dataset: Dataset) -> Dataset:
    return dataset.subset(np.flatnonzero(dataset.answerable))
