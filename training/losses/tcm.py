"""Threshold-consistent margin loss (TCM, arXiv 2307.04047), for separate queries and labels."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from training.checks import require_at_least, require_at_most
from training.losses.batch import EmbeddedBatch


@dataclass(frozen=True, slots=True)
class TcmSettings:
    """Margins on the cosine, and the weight of each side."""

    positive_margin: float = 0.9
    """Right pairs shall have a cosine above this."""

    negative_margin: float = 0.5
    """Wrong pairs shall have a cosine below this."""

    positive_weight: float = 1.0
    """Of the right pairs that do not."""

    negative_weight: float = 1.0
    """Of the wrong pairs that do not."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        require_at_least(self, -1, "positive_margin", "negative_margin")
        require_at_most(self, 1, "positive_margin", "negative_margin")
        require_at_least(self, 0, "positive_weight", "negative_weight")


@dataclass(frozen=True)
class TcmLoss:
    """The loss, and over how many pairs each side was averaged."""

    value: Tensor
    active_positives: int
    active_negatives: int


def threshold_consistent_margin(
    batch: EmbeddedBatch, similarities: Tensor, settings: TcmSettings
) -> TcmLoss:
    """Return the mean violation of both margins, each over its violating pairs only.

    A side without a violating pair counts 0. See docs/method.md, Threshold-consistent margin.
    """
    too_low = batch.relevance & (similarities <= settings.positive_margin)
    too_high = ~batch.relevance & (similarities >= settings.negative_margin)
    low, positives = _mean_of(settings.positive_margin - similarities, too_low)
    high, negatives = _mean_of(similarities - settings.negative_margin, too_high)
    value = settings.positive_weight * low + settings.negative_weight * high
    return TcmLoss(value, positives, negatives)


def _mean_of(violations: Tensor, chosen: Tensor) -> tuple[Tensor, int]:
    # Multiplied, not indexed: gathering the chosen ones and their gradient takes ten times as long.
    count = int(chosen.sum())
    return (violations * chosen).sum() / max(count, 1), count
