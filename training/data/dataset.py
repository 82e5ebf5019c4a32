"""Queries, products and which product is right for which query."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models.catalogue import Product
from models.errors import DataError

Relevance = sparse.csr_array[np.bool_, tuple[int, int]]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

DIGESTED_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Labelled queries over one catalogue.

    `texts`, `sources` (the shop a query comes from) and `categories` have one entry per query, and
    an unknown source or category is "". `relevance` has shape (queries, products) and is True where
    the product is right for the query; a row without any True is a query whose right answer is not
    in the catalogue (open set).

    `filtered`, of the same shape, is True where a product must be taken out of a query's answers
    before they are ranked, being neither right nor wrong (training/evaluation/filters.py); None
    when nothing is. `held_out` is True for the queries of the data set's own test part; None when
    it has no such part. `attributes` are what else is known of each query, by name; None when
    nothing is of any.
    """

    texts: tuple[str, ...]
    sources: tuple[str, ...]
    categories: tuple[str, ...]
    products: tuple[Product, ...]
    relevance: Relevance
    filtered: Relevance | None = None
    held_out: Mask | None = None
    attributes: tuple[Mapping[str, str], ...] | None = None

    def __post_init__(self) -> None:
        """Raise DataError when the parts do not fit each other."""
        lengths = {len(self.texts), len(self.sources), len(self.categories)}
        if lengths != {self.relevance.shape[0]}:
            raise DataError(f"a data set needs one text, source and category per query: {lengths}")
        if self.relevance.shape[1] != len(self.products):
            raise DataError(
                f"relevance has {self.relevance.shape[1]} columns for {len(self.products)} products"
            )
        if self.filtered is not None and self.filtered.shape != self.relevance.shape:
            raise DataError(
                f"filtered has shape {self.filtered.shape}, relevance {self.relevance.shape}"
            )
        if self.held_out is not None and self.held_out.shape != (len(self.texts),):
            raise DataError(f"{self.held_out.shape} held-out marks for {len(self.texts)} queries")
        if self.attributes is not None and len(self.attributes) != len(self.texts):
            raise DataError(f"{len(self.attributes)} attributes for {len(self.texts)} queries")

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
            filtered=None if self.filtered is None else self.filtered[rows],
            held_out=None if self.held_out is None else self.held_out[rows],
            attributes=self.attributes and tuple(self.attributes[row] for row in rows),
        )

    def followed_by(self, others: Dataset) -> Dataset:
        """Return these queries and after them the others, which are over the same products.

        None of the others is of the data set's own test part.
        """
        if not len(others):
            return self
        marks = None
        if self.held_out is not None:
            marks = np.append(self.held_out, np.zeros(len(others), np.bool_))
        return Dataset(
            texts=self.texts + others.texts,
            sources=self.sources + others.sources,
            categories=self.categories + others.categories,
            products=self.products,
            relevance=_stacked(self.relevance, others.relevance),
            filtered=self._with_filtered(others),
            held_out=marks,
            attributes=some([*self._attributes(), *others._attributes()]),
        )

    def _with_filtered(self, others: Dataset) -> Relevance | None:
        if self.filtered is None and others.filtered is None:
            return None
        parts = [
            sparse.csr_array(one.relevance.shape, dtype=np.bool_)
            if one.filtered is None
            else one.filtered
            for one in (self, others)
        ]
        return _stacked(*parts)

    def _attributes(self) -> tuple[Mapping[str, str], ...]:
        return self.attributes or ({},) * len(self)

    def with_products(self, rows: Rows) -> Dataset:
        """Return the same queries over only these products, in this order."""
        return replace(
            self,
            products=tuple(self.products[row] for row in rows),
            relevance=sparse.csr_array(self.relevance[:, rows]),
            filtered=None if self.filtered is None else sparse.csr_array(self.filtered[:, rows]),
        )


def _stacked(first: Relevance, second: Relevance) -> Relevance:
    stacked: Relevance = sparse.csr_array(sparse.vstack([first, second], format="csr"))
    return stacked


def some(attributes: Sequence[Mapping[str, str]]) -> tuple[Mapping[str, str], ...] | None:
    """Return the attributes of queries, or None where no query has any."""
    return tuple(attributes) if any(attributes) else None


def relevance_matrix(products_of: Sequence[Iterable[int]], products: int) -> Relevance:
    """Return the matrix whose row i is True at the product rows `products_of[i]`."""
    rows = [sorted(set(answer)) for answer in products_of]
    lengths = np.fromiter((len(row) for row in rows), dtype=np.int64, count=len(rows))
    columns = np.fromiter(chain.from_iterable(rows), dtype=np.int32, count=int(lengths.sum()))
    return relevance_from_columns(columns, lengths, products)


def relevance_from_columns(
    columns: npt.NDArray[np.int32], lengths: npt.NDArray[np.integer[Any]], products: int
) -> Relevance:
    """Return the matrix of rows that follow each other in `columns`, each of its length.

    A product that is named twice in a row counts once. Five bytes per pair: the indices are 32-bit.
    """
    # One width for both: scipy widens the columns to that of the starts.
    width = np.dtype(np.int32 if len(columns) <= np.iinfo(np.int32).max else np.int64)
    starts = np.zeros(len(lengths) + 1, dtype=width)
    np.cumsum(lengths, out=starts[1:])
    ones = np.ones(len(columns), dtype=np.bool_)
    matrix: Relevance = sparse.csr_array((ones, columns, starts), shape=(len(lengths), products))
    matrix.sum_duplicates()
    return matrix


def digest(dataset: Dataset) -> str:
    """Return a SHA-256 (hex) over all content: texts, sources, categories, products, relevance.

    Also over what is filtered and held out, and attributes, where the data set has these. Equal
    content gives an equal digest on every machine; any change of content or order changes it.
    """
    hasher = hashlib.sha256()
    for part in (dataset.texts, dataset.sources, dataset.categories):
        _digest_list(hasher, part)
    for product in dataset.products:
        attributes = sorted(product.attributes.items())
        hasher.update(_canonical([product.product_id, product.title, attributes]) + b"\n")
    _digest_matrix(hasher, dataset.relevance)
    if dataset.filtered is not None:
        hasher.update(b"filtered\n")
        _digest_matrix(hasher, dataset.filtered)
    if dataset.held_out is not None:
        hasher.update(b"held out\n")
        _digest_list(hasher, np.flatnonzero(dataset.held_out))
    if dataset.attributes is not None:
        hasher.update(b"attributes\n")
        for known in dataset.attributes:
            hasher.update(_canonical(sorted(known.items())) + b"\n")
    return hasher.hexdigest()


def _digest_matrix(hasher: _Hasher, matrix: Relevance) -> None:
    answers = matrix.sorted_indices()
    hasher.update(b"[" + _canonical(list(answers.shape)) + b",")
    _digest_list(hasher, answers.indptr, end=b"]\n")
    _digest_list(hasher, answers.indices)


def _digest_list(
    hasher: _Hasher, values: Sequence[str] | npt.NDArray[np.integer[Any]], end: bytes = b"\n"
) -> None:
    """Add the JSON of a list, in parts: as one, that of 50 million pairs would need gigabytes."""
    hasher.update(b"[")
    for start in range(0, len(values), DIGESTED_AT_ONCE):
        part = values[start : start + DIGESTED_AT_ONCE]
        listed = part.tolist() if isinstance(part, np.ndarray) else part
        hasher.update((b"," if start else b"") + _canonical(listed)[1:-1])
    hasher.update(b"]" + end)


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")


class _Hasher(Protocol):
    def update(self, data: bytes, /) -> None: ...
