"""Intents and the products that people bundle for them (Sun et al., SIGIR 2022)."""

from __future__ import annotations

from pathlib import Path

from models.catalogue import Product
from models.errors import DataError
from training.data.dataset import Dataset, relevance_matrix
from training.data.sets.labelled_pairs import place, places_of
from training.data.tables import read_table

DOMAINS = ("electronic", "clothing", "food")
CATEGORY = "category"


def load_bundle_intent(folder: Path) -> Dataset:
    """Return one query per distinct intent of a domain, with the products of all its bundles.

    A bundle without an intent is no query. The domain is the category, and part of a product's id.
    """
    products: list[Product] = []
    right: dict[tuple[str, str], list[int]] = {}
    for domain in DOMAINS:
        first = len(products)
        products += _products(folder / domain, domain)
        ids = [product.product_id for product in products[first:]]
        places = places_of(ids, f"{domain}/item_titles")
        intents = _intents(folder / domain)
        for bundle, item in _contents(folder / domain):
            if bundle not in intents:
                raise DataError(f"{domain}/bundle_item: bundle {bundle!r} has no intent")
            if intents[bundle]:
                at = place(places, f"{domain} {item}", f"{domain}/item_titles")
                right.setdefault((domain, intents[bundle]), []).append(first + at)
    return Dataset(
        texts=tuple(intent for _, intent in right),
        sources=("",) * len(right),
        categories=tuple(domain for domain, _ in right),
        products=tuple(products),
        relevance=relevance_matrix(list(right.values()), len(products)),
    )


def _products(folder: Path, domain: str) -> list[Product]:
    columns = {"id": "item ID", "title": "titles"}
    rows = read_table(folder / "item_titles.csv.gz", columns).rows
    return [
        Product(f"{domain} {row.fields['id']}", row.fields["title"], {CATEGORY: domain})
        for row in rows
    ]


def _intents(folder: Path) -> dict[str, str]:
    columns = {"bundle": "bundle ID", "intent": "intent"}
    rows = read_table(folder / "bundle_intent.csv.gz", columns, empty=["intent"]).rows
    return {row.fields["bundle"]: row.fields["intent"] for row in rows}


def _contents(folder: Path) -> list[tuple[str, str]]:
    columns = {"bundle": "bundle ID", "item": "item ID"}
    rows = read_table(folder / "bundle_item.csv.gz", columns).rows
    return [(row.fields["bundle"], row.fields["item"]) for row in rows]
