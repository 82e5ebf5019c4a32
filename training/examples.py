"""A data set as the encoder reads it: hashed features, and one sampled positive per query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from models.ngram.features import Bags, bags, joined
from models.ngram.vocabulary import Vocabulary, build_vocabulary
from training.data.dataset import Dataset, Relevance

Rows = npt.NDArray[np.int64]

HASHED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Queries that have at least one right product, and all products of the catalogue.

    `texts` holds the queries and after them the products, as rows of the embedding table.
    """

    vocabulary: Vocabulary
    texts: Bags
    relevance: Relevance

    def __len__(self) -> int:
        """Return the number of queries."""
        return int(self.relevance.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Query rows, the distinct product rows sampled for them, and what is right for what."""

    queries: Rows
    products: Rows
    positives: torch.Tensor
    relevance: torch.Tensor


def build_examples(
    dataset: Dataset, on_texts: Callable[[int, int], None] | None = None
) -> Examples:
    """Return the examples of the answerable queries; the vocabulary covers them and all titles.

    `on_texts` is told how many texts are hashed, and of how many.
    """
    answerable = dataset.subset(np.flatnonzero(dataset.answerable))
    titles = [product.title for product in dataset.products]
    hashed = _hashed([*answerable.texts, *titles], on_texts)
    vocabulary = build_vocabulary(hashed)
    return Examples(vocabulary, vocabulary.rows(hashed), answerable.relevance)


def _hashed(texts: list[str], on_texts: Callable[[int, int], None] | None) -> Bags:
    parts = []
    for start in range(0, len(texts), HASHED_AT_ONCE):
        parts.append(bags(texts[start : start + HASHED_AT_ONCE]))
        if on_texts is not None:
            on_texts(min(start + HASHED_AT_ONCE, len(texts)), len(texts))
    return joined(parts)


def sample_batch(examples: Examples, queries: Rows, generator: np.random.Generator) -> Batch:
    """Draw one right product for each query and return the batch over the distinct ones.

    Every right product of a query is marked in `relevance`, so that a product sampled for
    another query, or the same product sampled twice, is never a negative.
    """
    answers = examples.relevance
    starts, stops = answers.indptr[queries], answers.indptr[queries + 1]
    chosen = answers.indices[generator.integers(starts, stops)]
    products, positives = np.unique(chosen, return_inverse=True)
    relevance = answers[queries][:, products].toarray()
    return Batch(
        queries,
        products.astype(np.int64),
        torch.from_numpy(positives),
        torch.from_numpy(relevance),
    )
