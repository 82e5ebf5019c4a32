"""Query-batch losses that rank a query's candidates: its positive and its hardest negatives."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.losses.alc.pair_layer import pair_layer
from training.losses.alc.set_encoder import encode_sets
from training.losses.alc.settings import AlcSettings
from training.losses.batch import EmbeddedBatch
from training.losses.pair_linear import pair_linear


class SetAttention(nn.Module):
    """Construction B1: attention among a query's candidates, then one score for each."""

    def __init__(self, dimension: int, settings: AlcSettings) -> None:
        super().__init__()
        self.project = pair_layer(dimension, settings.width, settings)
        self.attend = nn.TransformerEncoderLayer(
            settings.width,
            settings.attention_heads,
            settings.feedforward,
            settings.dropout,
            activation="gelu",
            batch_first=True,
        )
        self.score = nn.Linear(settings.width, 1)

    def forward(self, queries: Tensor, labels: Tensor, columns: Tensor, exists: Tensor) -> Tensor:
        """Return scores (B, k) of each query's candidates, those columns (B, k) of the labels."""
        tokens = pair_linear(self.project, queries, labels, columns)
        scores: Tensor = self.score(encode_sets(self.attend, tokens, exists))
        return scores.squeeze(-1)


class SharedHead(nn.Module):
    """One two-layer head that scores each candidate by itself."""

    def __init__(self, dimension: int, settings: AlcSettings) -> None:
        super().__init__()
        self.first = pair_layer(dimension, dimension, settings)
        self.last = nn.Linear(dimension, 1)

    def forward(
        self,
        queries: Tensor,
        labels: Tensor,
        columns: Tensor,
        exists: Tensor,  # noqa: ARG002 - one interface
    ) -> Tensor:
        """Return scores (B, k) of each query's candidates, those columns (B, k) of the labels."""
        hidden = functional.gelu(pair_linear(self.first, queries, labels, columns))
        scores: Tensor = self.last(hidden)
        return scores.squeeze(-1)


class CandidateRanking(nn.Module):
    """Cross-entropy of the softmax over a query's candidates, scored by B1 or the shared head."""

    def __init__(self, scorer: SetAttention | SharedHead) -> None:
        super().__init__()
        self.scorer = scorer

    def forward(
        self,
        batch: EmbeddedBatch,
        similarities: Tensor,  # noqa: ARG002 - one interface
        columns: Tensor,
        exists: Tensor,
    ) -> Tensor:
        """Return the mean over queries; `columns`, `exists` (B, k) are the hardest negatives."""
        candidates = torch.cat([batch.positives[:, None], columns], dim=1)
        exists = torch.cat([torch.ones_like(exists[:, :1]), exists], dim=1)
        scores = self.scorer(batch.queries, batch.labels, candidates, exists)
        scores = scores.masked_fill(~exists, -torch.inf)
        first = torch.zeros(len(scores), dtype=torch.long, device=scores.device)
        return functional.cross_entropy(scores, first)
