"""The auxiliary losses of ALC (arXiv 2510.04551): query-label and query-batch cross-entropy.

The paper's exact heads are not public; the construction here is inferred (docs/method.md, Auxiliary
losses). The heads are used in training only and dropped from the bundle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.losses.batch import EmbeddedBatch
from training.losses.pairs import pair_features

QueryBatchHead = Literal["set_attention", "shared_head"]


@dataclass(frozen=True, slots=True)
class AlcSettings:
    """Weights of both losses and the shape of the query-batch head.

    `set_attention` is construction B1 of docs/method.md, Auxiliary losses (attention among a
    query's candidates); `shared_head` scores each candidate by itself with one two-layer head.
    """

    query_label_weight: float = 0.3
    query_batch_weight: float = 0.3
    negatives: int = 10
    head: QueryBatchHead = "set_attention"
    attention_heads: int = 8
    feedforward: int = 256  # 1024 was no better on the sample, at 1.6 times the time
    dropout: float = 0.1


@dataclass(frozen=True)
class AlcLoss:
    """The weighted sum and its two parts before weighting."""

    value: Tensor
    query_label: Tensor
    query_batch: Tensor


class QueryLabelHead(nn.Module):
    """Tells the positive pair from the hardest negative pair (L_ql)."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.classifier = nn.Linear(4 * dimension, 2)

    def forward(self, batch: EmbeddedBatch, columns: Tensor, exists: Tensor) -> Tensor:
        """Return the mean of both pairs' cross-entropies; `columns[:, 0]` is the hardest negative.

        Queries for which the batch holds no wrong label contribute their positive pair only.
        """
        right = pair_features(batch.queries, batch.labels[batch.positives])
        has_negative = exists[:, 0]
        wrong = pair_features(batch.queries[has_negative], batch.labels[columns[has_negative, 0]])
        logits = self.classifier(torch.cat([right, wrong]))
        targets = torch.zeros(len(logits), dtype=torch.long, device=logits.device)
        targets[: len(right)] = 1
        return functional.cross_entropy(logits, targets)


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


class Alc(nn.Module):
    """L_xe = weight_1 L_ql + weight_2 L_qb on the hardest negatives of the batch."""

    def __init__(self, dimension: int, settings: AlcSettings) -> None:
        super().__init__()
        self.settings = settings
        self.query_label = QueryLabelHead(dimension)
        self.query_batch: SetAttention | SharedHead = (
            SetAttention(dimension, settings)
            if settings.head == "set_attention"
            else SharedHead(dimension)
        )

    def forward(self, batch: EmbeddedBatch, similarities: Tensor) -> AlcLoss:
        """Return both losses; `similarities` (B, U) choose the hardest negatives."""
        columns, exists = batch.hardest_negatives(similarities, self.settings.negatives)
        query_label = self.query_label(batch, columns, exists)
        query_batch = self._query_batch(batch, columns, exists)
        value = (
            self.settings.query_label_weight * query_label
            + self.settings.query_batch_weight * query_batch
        )
        return AlcLoss(value, query_label.detach(), query_batch.detach())

    def _query_batch(self, batch: EmbeddedBatch, columns: Tensor, exists: Tensor) -> Tensor:
        candidates = torch.cat([batch.positives[:, None], columns], dim=1)
        exists = torch.cat([torch.ones_like(exists[:, :1]), exists], dim=1)
        pairs = pair_features(batch.queries[:, None, :], batch.labels[candidates])
        scores = self.query_batch(pairs, exists).masked_fill(~exists, -torch.inf)
        first = torch.zeros(len(scores), dtype=torch.long, device=scores.device)
        return functional.cross_entropy(scores, first)
