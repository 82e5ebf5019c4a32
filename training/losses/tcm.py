"""Threshold-consistent margin loss (TCM, arXiv 2307.04047), for separate queries and labels."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from training.losses.batch import EmbeddedBatch
from training.losses.settings import TcmSettings


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
    too_low = batch.relevance & (similarities <= settings.positive_margin)
    too_high = batch.wrong & (similarities >= settings.negative_margin)
    low, positives = _mean_of(settings.positive_margin - similarities, too_low)
    high, negatives = _mean_of(similarities - settings.negative_margin, too_high)
    value = settings.positive_weight * low + settings.negative_weight * high
    return TcmLoss(value, positives, negatives)


def _mean_of(violations: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
    # Multiplied, not indexed: nothing is gathered, nor its gradient put back in a fixed order.
    count = chosen.sum()
    return (violations * chosen).sum() / count.clamp(min=1), count
