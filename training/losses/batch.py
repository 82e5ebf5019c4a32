"""What every loss sees of a batch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class EmbeddedBatch:
    """B queries and the U distinct labels that were sampled for them.

    `queries` (B, d) and `labels` (U, d) have unit rows; `relevance` (B, U) is true wherever the
    label is right for the query, whether it was sampled for it or not; `positives` (B,) is the
    column sampled for each query.
    """

    queries: Tensor
    labels: Tensor
    relevance: Tensor
    positives: Tensor

    @property
    def similarities(self) -> Tensor:
        """Return the cosines (B, U)."""
        return self.queries @ self.labels.T

    def hardest_negatives(self, similarities: Tensor, k: int) -> tuple[Tensor, Tensor]:
        """Return columns (B, k') of the most similar wrong labels, and which of them exist.

        k' = min(k, U). A query with fewer than k' wrong labels has False in the second tensor.
        No gradient flows through the choice (docs/method.md, Auxiliary losses).
        """
        masked = similarities.detach().masked_fill(self.relevance, -torch.inf)
        values, columns = masked.topk(min(k, masked.shape[1]), dim=1)
        return columns, torch.isfinite(values)
