"""Query-batch losses that rank a query's candidates: its positive and its hardest negatives."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.losses.alc.settings import AlcSettings
from training.losses.batch import EmbeddedBatch
from training.losses.pairs import pair_features


class SetAttention(nn.Module):
    """Construction B1: attention among a query's candidates, then one score for each."""

    def __init__(self, dimension: int, settings: AlcSettings) -> None:
        super().__init__()
        self.project = nn.Linear(4 * dimension, dimension)
        self.attend = nn.TransformerEncoderLayer(
            dimension,
            settings.attention_heads,
            settings.feedforward,
            settings.dropout,
            activation="gelu",
            batch_first=True,
        )
        self.score = nn.Linear(dimension, 1)

    def forward(self, pairs: Tensor, exists: Tensor) -> Tensor:
        """Return scores (B, 1 + k) of pair features (B, 1 + k, 4 d)."""
        tokens = self.attend(self.project(pairs), src_key_padding_mask=~exists)
        scores: Tensor = self.score(tokens)
        return scores.squeeze(-1)


class SharedHead(nn.Module):
    """One two-layer head that scores each candidate by itself."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(4 * dimension, dimension), nn.GELU(), nn.Linear(dimension, 1)
        )

    def forward(self, pairs: Tensor, exists: Tensor) -> Tensor:  # noqa: ARG002 - one interface
        """Return scores (B, 1 + k) of pair features (B, 1 + k, 4 d)."""
        scores: Tensor = self.layers(pairs)
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
        pairs = pair_features(batch.queries[:, None, :], batch.labels[candidates])
        scores = self.scorer(pairs, exists).masked_fill(~exists, -torch.inf)
        first = torch.zeros(len(scores), dtype=torch.long, device=scores.device)
        return functional.cross_entropy(scores, first)
