"""Offers of the same product, as groups, and the data set in which one offer names the product."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from models.catalogue import Product
from training.data.dataset import Dataset, Mask, relevance_matrix, some

CATEGORY = "category"
Groups = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer of a shop, described as if it were the product, and whether a test pair has it."""

    product: Product
    held_out: bool = False


def joined(pairs: Iterable[tuple[int, int]], count: int) -> Groups:
    """Return the number of each one's group, when the two of every pair are of the same group.

    Groups are numbered in the order of their first members.
    """
    places = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    ones = np.ones(len(places), dtype=np.int8)
    graph = sparse.coo_array((ones, (places[:, 0], places[:, 1])), shape=(count, count))
    group = connected_components(graph, directed=False)[1]
    first, numbers = np.unique(group, return_index=True)[1], np.empty(count, dtype=np.int64)
    numbers[np.argsort(first)] = np.arange(len(first))
    return np.asarray(numbers[group])


def offers_to_products(offers: Sequence[Offer], group: Sequence[int], *, smallest: int) -> Dataset:
    """Return one product per group and, as queries, the offers that do not name it.

    The first offer of a group that is not held out, else its first, is the product; it is no query.
    Groups of fewer than `smallest` offers are left out.
    """
    members: dict[int, list[int]] = {}
    for row, number in enumerate(group):
        members.setdefault(number, []).append(row)
    products: list[Product] = []
    queries: list[tuple[int, int]] = []
    for rows in members.values():
        if len(rows) < smallest:
            continue
        named_by = min(rows, key=lambda row: (offers[row].held_out, row))
        queries += [(row, len(products)) for row in rows if row != named_by]
        products.append(offers[named_by].product)
    return _dataset(offers, tuple(products), sorted(queries))


def _dataset(
    offers: Sequence[Offer], products: tuple[Product, ...], queries: Sequence[tuple[int, int]]
) -> Dataset:
    asked = [offers[row] for row, _ in queries]
    held_out: Mask = np.array([offer.held_out for offer in asked], dtype=np.bool_)
    return Dataset(
        texts=tuple(offer.product.title for offer in asked),
        sources=("",) * len(asked),
        categories=tuple(offer.product.attributes.get(CATEGORY, "") for offer in asked),
        products=products,
        relevance=relevance_matrix([(product,) for _, product in queries], len(products)),
        held_out=held_out if held_out.any() else None,
        attributes=some([offer.product.attributes for offer in asked]),
    )
