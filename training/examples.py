"""A data set as the encoder reads it: hashed features, and one sampled positive per query."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from models.ngram.features import Bags, bags
from models.ngram.vocabulary import Vocabulary, build_vocabulary
from training.data.dataset import Dataset, Relevance

Rows = npt.NDArray[np.int64]


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


def build_examples(dataset: Dataset) -> Examples:
    """Return the examples of the answerable queries; the vocabulary covers them and all titles."""
    answerable = dataset.subset(np.flatnonzero(dataset.answerable))
    titles = [product.title for product in dataset.products]
    hashed = bags([*answerable.texts, *titles])
    vocabulary = build_vocabulary(hashed)
    return Examples(vocabulary, vocabulary.rows(hashed), answerable.relevance)


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
