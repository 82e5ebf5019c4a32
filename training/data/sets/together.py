"""Related products from shopping baskets: those bought together more often than by chance."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models.catalogue import Product
from training.data.dataset import Dataset, Relevance, relevance_matrix

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Association:
    """What counts as related: at least so many common baskets, and so high a lift.

    The lift is P(both) / (P(one) P(other)). Of the related products of a product the `most`
    frequent companions are kept.
    """

    fewest_baskets: int
    lift: float = 2.0
    most: int = 20


def bought_together(
    purchases: Iterable[tuple[Hashable, str]],
    products: Mapping[str, Product],
    association: Association,
) -> Dataset:
    """Return one query per product with companions, its title; the companions are right for it.

    `purchases` are pairs of basket and product id. The catalogue has the products that are a
    companion of another. A query's own product, and every product of the same title, is filtered:
    nobody asks for what is in the hand, and no text could tell them apart.
    """
    baskets, bought = _numbered(purchases)
    names = list(bought)
    rows, columns = _related(baskets, len(names), association)
    queries, labels = np.unique(rows), np.unique(columns)
    place = np.full(len(names), -1)
    place[labels] = np.arange(len(labels))
    starts = np.searchsorted(rows, queries)
    answers = [place[part].tolist() for part in np.split(columns, starts[1:])]
    asked = [products[names[row]] for row in queries]
    catalogue = tuple(products[names[row]] for row in labels)
    return Dataset(
        texts=tuple(product.title for product in asked),
        sources=("",) * len(asked),
        categories=tuple(product.attributes.get("category", "") for product in asked),
        products=catalogue,
        relevance=relevance_matrix(answers, len(catalogue)),
        filtered=_same_title(asked, catalogue),
    )


def _numbered(purchases: Iterable[tuple[Hashable, str]]) -> tuple[Rows, dict[str, int]]:
    """Return (purchases, 2) rows of basket and product, and the number of each product."""
    baskets: dict[Hashable, int] = {}
    bought: dict[str, int] = {}
    pairs = [
        (baskets.setdefault(basket, len(baskets)), bought.setdefault(product, len(bought)))
        for basket, product in purchases
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2), bought


def _related(pairs: Rows, products: int, association: Association) -> tuple[Rows, Rows]:
    """Return product and companion of each related pair, by product, the best companion first."""
    count = int(pairs[:, 0].max()) + 1
    ones = np.ones(len(pairs), dtype=np.float32)
    baskets = sparse.csr_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, products))
    baskets.sum_duplicates()
    baskets.data[:] = 1
    common = sparse.coo_array(baskets.T @ baskets)
    kept = (common.row != common.col) & (common.data >= association.fewest_baskets)
    rows, columns, together = common.row[kept], common.col[kept], common.data[kept]
    frequency = np.asarray(baskets.sum(axis=0)).ravel()
    lift = together * count / (frequency[rows] * frequency[columns])
    kept = lift >= association.lift
    rows, columns, together, lift = rows[kept], columns[kept], together[kept], lift[kept]
    order = np.lexsort((columns, -lift, -together, rows))
    rows, columns = rows[order].astype(np.int64), columns[order].astype(np.int64)
    rank = np.arange(len(rows)) - np.searchsorted(rows, rows)
    best = rank < association.most
    return rows[best], columns[best]


def _same_title(asked: Sequence[Product], catalogue: Sequence[Product]) -> Relevance:
    titled: dict[str, list[int]] = {}
    for row, product in enumerate(catalogue):
        titled.setdefault(product.title, []).append(row)
    return relevance_matrix([titled.get(one.title, []) for one in asked], len(catalogue))
