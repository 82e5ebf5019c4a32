"""Threshold-consistent margin loss (TCM, arXiv 2307.04047), for separate queries and labels."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from training.losses.batch import EmbeddedBatch


@dataclass(frozen=True, slots=True)
class TcmSettings:
    """Margins on the cosine, and the weight of each side."""

    positive_margin: float = 0.9
    negative_margin: float = 0.5
    positive_weight: float = 1.0
    negative_weight: float = 1.0


@dataclass(frozen=True)
class TcmLoss:
    """The loss, and over how many pairs each side was averaged."""

    value: Tensor
    active_positives: Tensor
    active_negatives: Tensor


def threshold_consistent_margin(
    batch: EmbeddedBatch, similarities: Tensor, settings: TcmSettings
) -> TcmLoss:
    """Return the mean violation of both margins, each over its violating pairs only.

    A side without a violating pair counts 0. See docs/method.md, Threshold-consistent margin.
    """
    positives = similarities[batch.relevance]
    negatives = similarities[~batch.relevance]
    too_low = positives <= settings.positive_margin
    too_high = negatives >= settings.negative_margin
    low = ((settings.positive_margin - positives) * too_low).sum() / too_low.sum().clamp(min=1)
    high = ((negatives - settings.negative_margin) * too_high).sum() / too_high.sum().clamp(min=1)
    value = settings.positive_weight * low + settings.negative_weight * high
    return TcmLoss(value, too_low.sum(), too_high.sum())
