"""Offers that are known to be the same product, and a data set made of such groups."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from models.catalogue import Product
from training.data.dataset import Dataset, relevance_matrix


def joined(pairs: Iterable[tuple[Hashable, Hashable]]) -> list[list[Hashable]]:
    """Return the groups that the pairs connect; members and groups in the order of first sight."""
    parent: dict[Hashable, Hashable] = {}

    def root(one: Hashable) -> Hashable:
        parent.setdefault(one, one)
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for left, right in pairs:
        parent[root(right)] = root(left)
    groups: dict[Hashable, list[Hashable]] = {}
    for one in list(parent):
        groups.setdefault(root(one), []).append(one)
    return list(groups.values())


def offers_to_products(
    groups: Mapping[str, Sequence[tuple[str, Mapping[str, str]]]],
) -> Dataset:
    """Return each group as one product, and its offers but one as queries for it.

    A group maps its id to titles and attributes of its offers. The first offer stands for the
    product and is no query: a title would find itself. Equal titles in a group are one offer.
    """
    products, texts, categories, answers = [], [], [], []
    for row, (group, offers) in enumerate(groups.items()):
        title, attributes = offers[0]
        products.append(Product(group, title, dict(attributes)))
        others = dict.fromkeys(text for text, _ in offers[1:] if text != title)
        texts += others
        categories += [attributes.get("category", "")] * len(others)
        answers += [[row]] * len(others)
    return Dataset(
        texts=tuple(texts),
        sources=("",) * len(texts),
        categories=tuple(categories),
        products=tuple(products),
        relevance=relevance_matrix(answers, len(products)),
    )
