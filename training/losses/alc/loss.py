"""The weighted sum of both auxiliary losses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from training.losses.alc.batch_prototype import BatchPrototype
from training.losses.alc.candidates import CandidateRanking, SetAttention, SharedHead
from training.losses.alc.cross_attention import CrossAttention
from training.losses.alc.pair_classifier import PairClassifier
from training.losses.alc.settings import AlcSettings
from training.losses.batch import EmbeddedBatch

QueryBatch = CandidateRanking | CrossAttention | BatchPrototype


@dataclass(frozen=True)
class AlcLoss:
    """The weighted sum and its parts before weighting, None for one that is not computed."""

    value: Tensor
    query_label: Tensor | None
    query_batch: Tensor | None


class Alc(nn.Module):
    """L_xe = weight_1 L_ql + weight_2 L_qb on the hardest negatives of the batch.

    With `on_titles` each is the mean of its values on the labels and on their titles, by the same
    heads. A loss of weight 0 has no head.
    """

    def __init__(self, dimension: int, settings: AlcSettings) -> None:
        super().__init__()
        self.settings = settings
        self.query_label: PairClassifier | None = None
        self.query_batch: QueryBatch | None = None
        self.hardest = 0
        if settings.query_label_weight:
            self.query_label = PairClassifier(dimension, settings)
            self.hardest = settings.query_label_negatives
        if settings.query_batch_weight:
            self.query_batch = _query_batch(dimension, settings)
            self.hardest = max(self.hardest, settings.negatives)

    def forward(self, batch: EmbeddedBatch, similarities: Tensor) -> AlcLoss:
        """Return both losses; the cosines `similarities` (B, U) choose the hardest negatives.

        Raise ConfigurationError where the batch lacks the embeddings that the settings ask for.
        """
        found = [self._parts(batch, similarities)]
        if self.settings.on_titles:
            titles = batch.on_titles
            found.append(self._parts(titles, titles.similarities))
        query_label, query_batch = (_mean(values) for values in zip(*found, strict=True))
        weighted = [
            weight * value
            for weight, value in (
                (self.settings.query_label_weight, query_label),
                (self.settings.query_batch_weight, query_batch),
            )
            if value is not None
        ]
        return AlcLoss(torch.stack(weighted).sum(), _told(query_label), _told(query_batch))

    def _parts(
        self, batch: EmbeddedBatch, similarities: Tensor
    ) -> tuple[Tensor | None, Tensor | None]:
        columns, exists = batch.hardest_negatives(similarities, self.hardest)
        shown = batch.raw if self.settings.inputs == "raw" else batch
        query_label = query_batch = None
        if self.query_label is not None:
            k = self.settings.query_label_negatives
            query_label = self.query_label(
                shown.queries, shown.labels, shown.positives, columns[:, :k], exists[:, :k]
            )
        if self.query_batch is not None:
            k = self.settings.negatives
            query_batch = self.query_batch(shown, similarities, columns[:, :k], exists[:, :k])
        return query_label, query_batch


def _mean(values: Sequence[Tensor | None]) -> Tensor | None:
    computed = [value for value in values if value is not None]
    return torch.stack(computed).mean() if computed else None


def _told(value: Tensor | None) -> Tensor | None:
    return None if value is None else value.detach()


def _query_batch(dimension: int, settings: AlcSettings) -> QueryBatch:
    match settings.head:
        case "set_attention":
            return CandidateRanking(SetAttention(dimension, settings))
        case "shared_head":
            return CandidateRanking(SharedHead(dimension, settings))
        case "cross_attention":
            return CrossAttention(dimension, settings)
        case "batch_prototype":
            return BatchPrototype(dimension, settings)
