"""Shoppers' search queries and graded products (Amazon ESCI, Reddy et al. 2022), a sample."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from models.catalogue import Product
from models.errors import DataError
from training.data.dataset import Dataset, relevance_matrix
from training.data.sets.labelled_pairs import place, places_of
from training.data.tables import read_table

EXACT = "E"
JUDGMENTS = {"query_id": "query_id", "query": "query", "asin": "product_id", "grade": "esci_label"}
ATTRIBUTES = ("brand", "color", "price")


def load_esci_mini(folder: Path) -> Dataset:
    """Return the queries over all products; right are those judged exact.

    Substitutes, complements and irrelevant products are not right.
    """
    rows = read_table(
        folder / "products.jsonl.gz", {"id": "asin", "title": "title"}, attributes=True
    ).rows
    products = tuple(
        Product(row.fields["id"], row.fields["title"], _attributes(row.attributes)) for row in rows
    )
    places = places_of([product.product_id for product in products], "products")
    texts: dict[str, str] = {}
    right: dict[str, list[int]] = {}
    for row in read_table(folder / "judgments.csv.gz", JUDGMENTS).rows:
        number, text = row.fields["query_id"], row.fields["query"]
        if texts.setdefault(number, text) != text:
            raise DataError(f"judgments.csv.gz:{row.line}: query {number} has two texts")
        answers = right.setdefault(number, [])
        at = place(places, row.fields["asin"], "products")
        if row.fields["grade"] == EXACT:
            answers.append(at)
    return Dataset(
        texts=tuple(texts.values()),
        sources=("",) * len(texts),
        categories=("",) * len(texts),
        products=products,
        relevance=relevance_matrix(list(right.values()), len(products)),
    )


def _attributes(given: Mapping[str, str]) -> dict[str, str]:
    attributes = {name: given[name] for name in ATTRIBUTES if name in given}
    path = json.loads(given.get("category", "[]"))
    if path and path[0].strip():
        attributes["category"] = path[0].strip()
    return attributes
