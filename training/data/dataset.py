"""Queries, products and which product is right for which query."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models.catalogue import Product
from models.errors import DataError

Relevance = sparse.csr_array[np.bool_, tuple[int, int]]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Labelled queries over one catalogue.

    `texts`, `sources` (the shop a query comes from) and `categories` have one entry per query, and
    an unknown source or category is "". `relevance` has shape (queries, products) and is True where
    the product is right for the query; a row without any True is a query whose right answer is not
    in the catalogue (open set).
    """

    texts: tuple[str, ...]
    sources: tuple[str, ...]
    categories: tuple[str, ...]
    products: tuple[Product, ...]
    relevance: Relevance

    def __post_init__(self) -> None:
        """Raise DataError when the parts do not fit each other."""
        lengths = {len(self.texts), len(self.sources), len(self.categories)}
        if lengths != {self.relevance.shape[0]}:
            raise DataError(f"a data set needs one text, source and category per query: {lengths}")
        if self.relevance.shape[1] != len(self.products):
            raise DataError(
                f"relevance has {self.relevance.shape[1]} columns for {len(self.products)} products"
            )

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.texts)

    @property
    def answerable(self) -> npt.NDArray[np.bool_]:
        """Return, per query, whether the catalogue holds a right product for it."""
        return np.diff(self.relevance.indptr) > 0

    def subset(self, rows: Rows) -> Dataset:
        """Return the queries at these rows, in this order, over the same products."""
        return replace(
            self,
            texts=tuple(self.texts[row] for row in rows),
            sources=tuple(self.sources[row] for row in rows),
            categories=tuple(self.categories[row] for row in rows),
            relevance=self.relevance[rows],
        )

    def with_products(self, rows: Rows) -> Dataset:
        """Return the same queries over only these products, in this order."""
        return replace(
            self,
            products=tuple(self.products[row] for row in rows),
            relevance=sparse.csr_array(self.relevance[:, rows]),
        )


def relevance_matrix(products_of: Sequence[Iterable[int]], products: int) -> Relevance:
    """Return the matrix whose row i is True at the product rows `products_of[i]`."""
    rows = [sorted(set(answer)) for answer in products_of]
    ends = np.cumsum([0, *(len(row) for row in rows)])
    columns = np.fromiter((column for row in rows for column in row), dtype=np.int64)
    ones = np.ones(len(columns), dtype=np.bool_)
    return sparse.csr_array((ones, columns, ends), shape=(len(rows), products))


def digest(dataset: Dataset) -> str:
    """Return a SHA-256 (hex) over all content: texts, sources, categories, products, relevance.

    Equal content gives an equal digest on every machine; any change of content or order changes it.
    """
    answers = sparse.csr_array(dataset.relevance)
    answers.sort_indices()
    hasher = hashlib.sha256()
    for part in (dataset.texts, dataset.sources, dataset.categories):
        hasher.update(_canonical(part))
    for product in dataset.products:
        attributes = sorted(product.attributes.items())
        hasher.update(_canonical([product.product_id, product.title, attributes]))
    hasher.update(_canonical([list(answers.shape), answers.indptr.tolist()]))
    hasher.update(_canonical(answers.indices.tolist()))
    return hasher.hexdigest()


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"
