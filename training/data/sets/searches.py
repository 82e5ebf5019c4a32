"""Short texts of shoppers -> several products."""

from __future__ import annotations

from pathlib import Path

from models.catalogue import Product
from training.data.dataset import Dataset, relevance_matrix
from training.data.tables import read_table

DOMAINS = ("electronic", "clothing", "food")
EXACT = "E"


def load_esci_mini(folder: Path) -> Dataset:
    """Return 150 search queries of Amazon (ESCI; Reddy et al., 2022) -> products judged exact."""
    table = read_table(
        folder / "products.jsonl.gz",
        {"id": "asin", "title": "title"},
        optional={name: name for name in ("brand", "color", "category", "price")},
    )
    products = tuple(
        Product(
            row.fields["id"],
            row.fields["title"],
            {
                name: row.fields[name]
                for name in ("brand", "color", "category", "price")
                if row.fields[name]
            },
        )
        for row in table.rows
    )
    row_of = {product.product_id: row for row, product in enumerate(products)}
    judged = read_table(
        folder / "judgments.csv.gz",
        {"query": "query", "product": "product_id", "label": "esci_label"},
    )
    answers: dict[str, list[int]] = {row.fields["query"]: [] for row in judged.rows}
    for row in judged.rows:
        if row.fields["label"] == EXACT:
            answers[row.fields["query"]].append(row_of[row.fields["product"]])
    return _dataset(answers, {}, products)


def load_bundle_intent(folder: Path) -> Dataset:
    """Return the intents of product bundles (Sun et al., SIGIR 2022) -> the bundles' products.

    Equal intents of one domain are one query, to which the products of all its bundles are right.
    """
    products: list[Product] = []
    answers: dict[str, list[int]] = {}
    category: dict[str, str] = {}
    for domain in DOMAINS:
        titles = read_table(
            folder / domain / "item_titles.csv.gz", {"id": "item ID", "title": "titles"}
        )
        row_of = {}
        for row in titles.rows:
            row_of[row.fields["id"]] = len(products)
            known = {"category": domain}
            products.append(Product(f"{domain}-{row.fields['id']}", row.fields["title"], known))
        intents = read_table(
            folder / domain / "bundle_intent.csv.gz", {"bundle": "bundle ID", "intent": "intent"}
        )
        intent_of = {row.fields["bundle"]: row.fields["intent"] for row in intents.rows}
        members = read_table(
            folder / domain / "bundle_item.csv.gz", {"bundle": "bundle ID", "item": "item ID"}
        )
        for row in members.rows:
            intent = intent_of[row.fields["bundle"]]
            answers.setdefault(intent, []).append(row_of[row.fields["item"]])
            category.setdefault(intent, domain)
    return _dataset(answers, category, tuple(products))


def _dataset(
    answers: dict[str, list[int]], category: dict[str, str], products: tuple[Product, ...]
) -> Dataset:
    return Dataset(
        texts=tuple(answers),
        sources=("",) * len(answers),
        categories=tuple(category.get(text, "") for text in answers),
        products=products,
        relevance=relevance_matrix(list(answers.values()), len(products)),
    )
