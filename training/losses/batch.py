"""What every loss sees of a batch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from models.errors import ConfigurationError


@dataclass(frozen=True)
class EmbeddedBatch:
    """B queries and the U distinct labels that were sampled for them.

    `queries` (B, d) and `labels` (U, d) have unit rows; `relevance` (B, U) is true wherever the
    label is right for the query, whether it was sampled for it or not; `positives` (B,) is the
    column sampled for each query. `titles` (U, d), also of unit rows, are the labels' texts alone,
    where the label representation adds to them; `filtered` (B, U) is true where a label is neither
    right nor wrong for the query; `raw_queries`, `raw_labels` and `raw_titles` are those
    embeddings before they were made unit vectors.
    """

    queries: Tensor
    labels: Tensor
    relevance: Tensor
    positives: Tensor
    titles: Tensor | None = None
    filtered: Tensor | None = None
    raw_queries: Tensor | None = None
    raw_labels: Tensor | None = None
    raw_titles: Tensor | None = None

    @property
    def similarities(self) -> Tensor:
        """Return the cosines (B, U)."""
        return self.queries @ self.labels.T

    @property
    def transposed(self) -> EmbeddedBatch:
        """Return the labels as queries; the first query that a label was sampled for is its own."""
        first = torch.full((len(self.labels),), len(self.queries), device=self.positives.device)
        rows = torch.arange(len(self.queries), device=self.positives.device)
        first = first.scatter_reduce(0, self.positives, rows, "amin")
        return EmbeddedBatch(
            self.labels,
            self.queries,
            self.relevance.T,
            first,
            filtered=None if self.filtered is None else self.filtered.T,
        )

    @property
    def wrong(self) -> Tensor:
        """Return, of shape (B, U), which labels are negatives of which queries."""
        return ~self.relevance if self.filtered is None else ~(self.relevance | self.filtered)

    @property
    def on_titles(self) -> EmbeddedBatch:
        """Return the batch with the titles in place of the labels.

        Raise ConfigurationError where there are none.
        """
        if self.titles is None:
            raise ConfigurationError(
                "losses on titles need a label representation that adds to the title"
            )
        return replace(self, labels=self.titles, raw_labels=self.raw_titles)

    @property
    def raw(self) -> EmbeddedBatch:
        """Return the batch with the embeddings as they were before they were made unit vectors.

        Raise ConfigurationError where they were not kept.
        """
        if self.raw_queries is None or self.raw_labels is None:
            raise ConfigurationError("losses on raw embeddings need a batch that has kept them")
        return replace(self, queries=self.raw_queries, labels=self.raw_labels)

    def hardest_negatives(self, similarities: Tensor, k: int) -> tuple[Tensor, Tensor]:
        """Return columns (B, k') of the most similar wrong labels, and which of them exist.

        k' = min(k, U). A query with fewer than k' wrong labels has False in the second tensor.
        No gradient flows through the choice (docs/method.md, Auxiliary losses).
        """
        masked = similarities.detach().masked_fill(~self.wrong, -torch.inf)
        values, columns = masked.topk(min(k, masked.shape[1]), dim=1)
        return columns, torch.isfinite(values)
