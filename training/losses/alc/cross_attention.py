"""Query-batch loss B2: labels that have seen the batch."""

from __future__ import annotations

from torch import Tensor, nn

from training.losses.alc.pair_classifier import PairClassifier
from training.losses.alc.settings import AlcSettings
from training.losses.batch import EmbeddedBatch


class CrossAttention(nn.Module):
    """Each label attends to all labels of the batch; then the pair classifier tells them apart."""

    def __init__(self, dimension: int, settings: AlcSettings) -> None:
        super().__init__()
        self.attend = nn.MultiheadAttention(
            dimension, settings.attention_heads, dropout=settings.dropout
        )
        self.pairs = PairClassifier(dimension, settings)

    def in_context(self, labels: Tensor) -> Tensor:
        """Return h + attention(h, all labels), (U, d), for each label h of the batch."""
        seen, _ = self.attend(labels, labels, labels, need_weights=False)
        context: Tensor = labels + seen
        return context

    def forward(
        self,
        batch: EmbeddedBatch,
        similarities: Tensor,  # noqa: ARG002 - one interface
        columns: Tensor,
        exists: Tensor,
    ) -> Tensor:
        """Return the mean over the pairs with the positive and with the hardest negative."""
        labels = self.in_context(batch.labels)
        loss: Tensor = self.pairs(
            batch.queries, labels, batch.positives, columns[:, :1], exists[:, :1]
        )
        return loss
