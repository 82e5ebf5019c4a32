"""The weighted sum of both auxiliary losses."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from training.losses.alc.batch_prototype import BatchPrototype
from training.losses.alc.candidates import CandidateRanking, SetAttention, SharedHead
from training.losses.alc.cross_attention import CrossAttention
from training.losses.alc.pair_classifier import PairClassifier
from training.losses.alc.settings import AlcSettings
from training.losses.batch import EmbeddedBatch


@dataclass(frozen=True)
class AlcLoss:
    """The weighted sum and its two parts before weighting."""

    value: Tensor
    query_label: Tensor
    query_batch: Tensor


class Alc(nn.Module):
    """L_xe = weight_1 L_ql + weight_2 L_qb on the hardest negatives of the batch."""

    def __init__(self, dimension: int, settings: AlcSettings) -> None:
        super().__init__()
        self.settings = settings
        self.query_label = PairClassifier(dimension)
        self.query_batch = _query_batch(dimension, settings)

    def forward(self, batch: EmbeddedBatch, similarities: Tensor) -> AlcLoss:
        """Return both losses; `similarities` (B, U) choose the hardest negatives."""
        columns, exists = batch.hardest_negatives(similarities, self.settings.negatives)
        query_label = self.query_label(
            batch.queries, batch.labels, batch.positives, columns[:, 0], exists[:, 0]
        )
        query_batch = self.query_batch(batch, similarities, columns, exists)
        value = (
            self.settings.query_label_weight * query_label
            + self.settings.query_batch_weight * query_batch
        )
        return AlcLoss(value, query_label.detach(), query_batch.detach())


def _query_batch(
    dimension: int, settings: AlcSettings
) -> CandidateRanking | CrossAttention | BatchPrototype:
    match settings.head:
        case "set_attention":
            return CandidateRanking(SetAttention(dimension, settings))
        case "shared_head":
            return CandidateRanking(SharedHead(dimension))
        case "cross_attention":
            return CrossAttention(dimension, settings)
        case "batch_prototype":
            return BatchPrototype(dimension, settings)
