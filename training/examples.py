"""A data set as the loop reads it: texts as inputs of the encoder, and what is right for what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from training.data.dataset import Dataset, Mask, Relevance, Rows
from training.encoders.base import Prepared, TextStore
from training.encoders.prepare import prepare_encoder
from training.encoders.settings import EncoderSettings
from training.sampling.positives import Positives


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Queries that have at least one right product, and all products of the catalogue.

    `texts` holds the queries and after them the titles of the products.
    """

    texts: TextStore
    relevance: Relevance
    filtered: Relevance | None = None

    def __len__(self) -> int:
        """Return the number of queries."""
        return int(self.relevance.shape[0])

    @property
    def products(self) -> int:
        """Return the number of products."""
        return int(self.relevance.shape[1])

    @property
    def cut_texts(self) -> float | None:
        """Return the share of texts that are read without their end; None where none can be."""
        cut = self.texts.cut
        return None if cut is None else cut / len(self.texts)

    def titles(self, products: Rows) -> Rows:
        """Return where in `texts` the titles of these product rows are."""
        return len(self) + products


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Query rows, the distinct product rows sampled for them, and what is right for what.

    `positives` (B,) is the column of `products` sampled for each query, `relevance` (B, U) is True
    at every right product, sampled for that query or not, `filtered` at those neither right nor
    wrong.
    """

    queries: Rows
    products: Rows
    positives: torch.Tensor
    relevance: torch.Tensor
    filtered: torch.Tensor | None = None


def build_examples(
    dataset: Dataset,
    settings: EncoderSettings,
    seed: int,
    on_texts: Callable[[int, int], None] | None = None,
    directory: Path | None = None,
) -> tuple[Prepared, Examples]:
    """Return the untrained encoder and the examples of the answerable queries.

    `on_texts` is told how many texts are read, and of how many; what they are read as is kept in a
    `nameless_file` of the directory.
    """
    answerable = dataset.subset(np.flatnonzero(dataset.answerable))
    titles = [product.title for product in dataset.products]
    prepared = prepare_encoder(settings, [*answerable.texts, *titles], seed, on_texts, directory)
    return prepared, Examples(prepared.texts, answerable.relevance, answerable.filtered)


def sample_batch(
    examples: Examples, queries: Rows, positives: Positives, generator: np.random.Generator
) -> Batch:
    """Draw one right product for each query and return the batch over the distinct ones.

    Every right product of a query is marked in `relevance`, so that a product sampled for
    another query, or the same product sampled twice, is never a negative; nor is a filtered one.
    """
    chosen = positives.draw(queries, generator)
    products, columns = np.unique(chosen, return_inverse=True)
    relevance = _marked(examples.relevance, queries, products)
    filtered = None
    if examples.filtered is not None:
        filtered = torch.from_numpy(_marked(examples.filtered, queries, products) & ~relevance)
    return Batch(
        queries,
        products.astype(np.int64),
        torch.from_numpy(columns),
        torch.from_numpy(relevance),
        filtered,
    )


def _marked(relevance: Relevance, queries: Rows, products: Rows) -> Mask:
    """Return the rows of these queries and the columns of these products, which ascend.

    Indexing columns of a sparse matrix would count over all of them for every batch.
    """
    rows = relevance[queries]
    query = np.repeat(np.arange(len(queries)), np.diff(rows.indptr))
    column = np.minimum(np.searchsorted(products, rows.indices), len(products) - 1)
    inside = (products[column] == rows.indices) & rows.data
    marked = np.zeros((len(queries), len(products)), dtype=np.bool_)
    marked[query[inside], column[inside]] = True
    return marked
