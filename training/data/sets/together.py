"""Which products are bought together, derived from baskets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models.catalogue import Product
from models.errors import DataError
from training.data.dataset import Dataset, Relevance, relevance_from_columns

CATEGORY = "category"
Numbers = npt.NDArray[np.int64]
Baskets = sparse.csr_array[np.int32, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Together:
    """When two products belong together: enough common baskets, and more than by chance.

    The lift is the number of common baskets over that expected of independent products.
    """

    min_common: int
    min_lift: float = 2.0
    most: int = 20


def basket_matrix(baskets: Numbers, products: Numbers, count: int) -> Baskets:
    """Return 1 where a basket, a row, holds a product, a column of `count`.

    `baskets[i]` holds product number `products[i]`; a pair that is repeated counts once.
    """
    distinct, numbers = np.unique(baskets, return_inverse=True)
    ones = np.ones(len(products), dtype=np.int32)
    held = sparse.csr_array((ones, (numbers, products)), shape=(len(distinct), count))
    held.data[:] = 1
    return held


def bought_together(held: Baskets, settings: Together) -> Relevance:
    """Return which products are related to each, shape (products, products).

    Kept are, for each, the `most` with the most common baskets, of equal ones the smaller number.
    """
    count = held.shape[1]
    common = (held.T @ held).tocoo()
    bought = np.bincount(held.indices, minlength=count).astype(np.float64)
    left, right, times = common.row, common.col, common.data
    lift = times * held.shape[0] / (bought[left] * bought[right])
    kept = (left != right) & (times >= settings.min_common) & (lift >= settings.min_lift)
    return _first_of_each(left[kept], right[kept], times[kept], count, settings.most)


def _first_of_each(
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    times: npt.NDArray[np.int32],
    count: int,
    most: int,
) -> Relevance:
    order = np.lexsort((right, -times, left))
    left, right = left[order], right[order]
    rank = np.arange(len(left)) - np.searchsorted(left, left)
    lengths = np.bincount(left[rank < most], minlength=count)
    return relevance_from_columns(right[rank < most].astype(np.int32), lengths, count)


def related_products(products: Sequence[Product], related: Relevance) -> Dataset:
    """Return one query per product that has related ones, over the products related to any.

    The query is the product's title. A product is no answer to itself: where it is in the
    catalogue, it is filtered. Raise DataError when no two products are related.
    """
    if not related.nnz:
        raise DataError("no two products are related: there are too few baskets")
    queries: list[int] = np.flatnonzero(np.diff(related.indptr)).tolist()
    labels: list[int] = np.unique(related.indices).tolist()
    itself = sparse.eye_array(len(products), dtype=np.bool_, format="csr")
    return Dataset(
        texts=tuple(products[row].title for row in queries),
        sources=("",) * len(queries),
        categories=tuple(products[row].attributes.get(CATEGORY, "") for row in queries),
        products=tuple(products[row] for row in labels),
        relevance=sparse.csr_array(related[queries][:, labels]),
        filtered=sparse.csr_array(itself[queries][:, labels]),
    )
