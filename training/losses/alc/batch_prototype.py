"""Query-batch loss B3: the positive against one prototype of the hardest negatives."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.losses.alc.pair_classifier import PairClassifier
from training.losses.alc.settings import AlcSettings
from training.losses.batch import EmbeddedBatch


class BatchPrototype(nn.Module):
    """The hardest negatives, pooled by their similarity to the query, are the wrong pair."""

    def __init__(self, dimension: int, settings: AlcSettings) -> None:
        super().__init__()
        self.temperature = settings.prototype_temperature
        self.pairs = PairClassifier(dimension, settings)

    def prototypes(
        self, labels: Tensor, similarities: Tensor, columns: Tensor, exists: Tensor
    ) -> Tensor:
        """Return sum_j softmax_j(s_ij / temperature) h_j over the existing negatives, (B, d).

        The result is no unit vector, and meaningless for a query without any negative.
        """
        logits = similarities.gather(1, columns) / self.temperature
        # The lowest finite number instead of -inf: a query without negatives would be 0/0.
        weights = logits.masked_fill(~exists, torch.finfo(logits.dtype).min).softmax(dim=1)
        return torch.einsum("bk,bkd->bd", weights, functional.embedding(columns, labels))

    def forward(
        self, batch: EmbeddedBatch, similarities: Tensor, columns: Tensor, exists: Tensor
    ) -> Tensor:
        """Return the mean over the pairs with the positive and with the prototype."""
        prototypes = self.prototypes(batch.labels, similarities, columns, exists)
        both = torch.cat([batch.labels, prototypes])
        wrong = torch.arange(len(batch.labels), len(both), device=both.device)[:, None]
        loss: Tensor = self.pairs(batch.queries, both, batch.positives, wrong, exists[:, :1])
        return loss
