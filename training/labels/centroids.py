"""Where the training queries of each product lie (PRIME, arXiv 2410.20401)."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.data.dataset import Relevance
from training.labels.base import LabelContext
from training.labels.settings import PrototypeLabelSettings

PRODUCTS_AT_ONCE = 16_384


class Centroids(nn.Module, ABC):
    """Per product a vector without gradient that follows the unit embeddings of its queries.

    The title counts as `title_weight` queries more: a mean of few queries says little.
    """

    def __init__(self, relevance: Relevance, dimension: int, title_weight: float) -> None:
        super().__init__()
        self.title_weight = title_weight
        by_product = relevance.T.tocsr()
        self.queries: Tensor
        self.offsets: Tensor
        self.vectors: Tensor
        self.register_buffer("queries", _longs(by_product.indices), persistent=False)
        self.register_buffer("offsets", _longs(by_product.indptr), persistent=False)
        self.register_buffer("vectors", torch.zeros(relevance.shape[1], dimension))

    def forward(self, products: Tensor, titles: Tensor) -> Tensor:
        """Return the centroids (U, d); `titles` are the unit embeddings of the titles.

        A product without any query has its title as centroid, whatever the title's weight.
        """
        counts = (self.offsets[products + 1] - self.offsets[products])[:, None]
        share = counts / (counts + self.title_weight).clamp(min=1e-9)
        return titles.lerp(self.vectors[products], share)

    @abstractmethod
    def observe(self, queries: Tensor, products: Tensor) -> None:
        """Take in the unit queries (B, d) of a step and the product sampled for each (B,)."""

    @abstractmethod
    def refresh(self, queries: Tensor) -> None:
        """Take in the unit embeddings (n, d) of all training queries."""

    def _set_means(self, queries: Tensor) -> None:
        """Set each centroid to the mean over its queries: a product with a sparse matrix."""
        products = len(self.vectors)
        for start in range(0, products, PRODUCTS_AT_ONCE):
            stop = min(start + PRODUCTS_AT_ONCE, products)
            first, last = int(self.offsets[start]), int(self.offsets[stop])
            self.vectors[start:stop] = functional.embedding_bag(
                self.queries[first:last], queries, self.offsets[start:stop] - first, mode="mean"
            )


class StaleCentroids(Centroids):
    """The mean of the embeddings that the queries are known to have, anew at each refresh."""

    def observe(self, queries: Tensor, products: Tensor) -> None:
        """Wait for the next refresh."""

    def refresh(self, queries: Tensor) -> None:
        """Set each centroid to the mean over its queries."""
        self._set_means(queries)


class MovingCentroids(Centroids):
    """The mean at first; then z <- (1 - rate) z + rate h for each query h seen for the product."""

    def __init__(
        self, relevance: Relevance, dimension: int, title_weight: float, rate: float
    ) -> None:
        super().__init__(relevance, dimension, title_weight)
        self.rate = rate
        self.started: Tensor
        self.register_buffer("started", torch.tensor(data=False))

    def observe(self, queries: Tensor, products: Tensor) -> None:
        """Move the centroids towards the queries, in their order."""
        kept = 1 - self.rate
        same = products[:, None] == products
        moved = kept ** same.sum(dim=1, keepdim=True) * self.vectors[products]
        weights = self.rate * kept ** same.triu(1).sum(dim=1, keepdim=True)  # later ones fade less
        self.vectors[products] = moved
        self.vectors.index_add_(0, products, weights * queries)

    def refresh(self, queries: Tensor) -> None:
        """Set the centroids the first time; from then on they move with the queries."""
        if not self.started:
            self._set_means(queries)
            self.started.fill_(value=True)


def build_centroids(context: LabelContext, settings: PrototypeLabelSettings) -> Centroids:
    """Return centroids at zero, to be refreshed before they are used."""
    shape = context.relevance, context.dimension, settings.title_weight
    if settings.centroids == "stale":
        return StaleCentroids(*shape)
    return MovingCentroids(*shape, settings.ema_rate)


def _longs(values: object) -> Tensor:
    return torch.as_tensor(values, dtype=torch.long)
