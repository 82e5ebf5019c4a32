"""What the queries of a catalogue say about its products, indexed for many questions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.encoder import FloatMatrix
from models.errors import DataError
from models.index.base import VectorIndex
from models.index.build import build_index
from training.catalogue_check.settings import CheckSettings
from training.catalogue_check.titles import tokens
from training.data.dataset import Dataset

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The data set beside its unit vectors, queries (n, d) and products (m, d)."""

    dataset: Dataset
    queries: FloatMatrix
    products: FloatMatrix
    query_tokens: tuple[frozenset[str], ...]
    title_tokens: tuple[frozenset[str], ...]
    product_index: VectorIndex
    _queries_of: Rows
    _starts: npt.NDArray[np.int64]

    def queries_of(self, product: int) -> Rows:
        """Return the rows of the queries that are labelled with this product, ascending."""
        return self._queries_of[self._starts[product] : self._starts[product + 1]]

    def labels_of(self, query: int) -> Rows:
        """Return the rows of the products that are right for this query."""
        labels = self.dataset.relevance
        return labels.indices[labels.indptr[query] : labels.indptr[query + 1]].astype(np.int64)


def gather(
    dataset: Dataset, queries: FloatMatrix, products: FloatMatrix, settings: CheckSettings
) -> Evidence:
    """Return the evidence; raise DataError when the vectors are not those of the data set."""
    _check(queries, len(dataset), "queries")
    _check(products, len(dataset.products), "products")
    if queries.shape[1] != products.shape[1]:
        raise DataError(
            f"queries have {queries.shape[1]} dimensions and products {products.shape[1]};"
            " encode both with the same model"
        )
    by_product = dataset.relevance.tocsc()
    by_product.sort_indices()
    index, _ = build_index(products, queries, seed=settings.seed)
    return Evidence(
        dataset=dataset,
        queries=queries,
        products=products,
        query_tokens=tuple(frozenset(tokens(text)) for text in dataset.texts),
        title_tokens=tuple(frozenset(tokens(one.title)) for one in dataset.products),
        product_index=index,
        _queries_of=by_product.indices.astype(np.int64),
        _starts=by_product.indptr.astype(np.int64),
    )


def _check(vectors: FloatMatrix, expected: int, which: str) -> None:
    if vectors.ndim != 2 or len(vectors) != expected:
        raise DataError(f"{expected} {which} need {expected} vectors, not {vectors.shape}")
    bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(bad):
        raise DataError(
            f"the vectors of {len(bad)} {which} hold values that are not finite numbers,"
            f" the first in row {bad[0]}"
        )
