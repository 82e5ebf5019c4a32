"""Triplet losses on the hardest negatives of a batch: NGAME's, and PRIME's with a dynamic margin.

Both compare the sampled positive's cosine with those of the most similar wrong labels. A right
label is never a negative, whichever query it was sampled for.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.errors import ConfigurationError
from training.losses.batch import EmbeddedBatch


@dataclass(frozen=True, slots=True)
class TripletSettings:
    """NGAME (Dahiya et al., WSDM 2023): one margin, and the temperature of the weights."""

    margin: float = 0.3
    """How much higher than a wrong label the right one must score."""

    negatives: int = 10
    """Highest wrong labels of a query that are compared."""

    temperature: float = 0.1
    """Of the weights of the negatives."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        _require_positive(self, "margin", "negatives", "temperature")


@dataclass(frozen=True, slots=True)
class DynamicTripletSettings:
    """PRIME (arXiv 2410.20401): the margin is the pair's own gap, kept within both bounds."""

    smallest_margin: float = 0.1
    """The margin is the pair's own gap, but not below this."""

    largest_margin: float = 0.3
    """The margin is the pair's own gap, but not above this."""

    negatives: int = 10
    """Highest wrong labels of a query that are compared."""

    temperature: float = 0.1
    """Of the weights of the negatives."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        _require_positive(self, "smallest_margin", "negatives", "temperature")
        if self.largest_margin < self.smallest_margin:
            raise ConfigurationError(
                f"largest_margin ({self.largest_margin}) must not be below "
                f"smallest_margin ({self.smallest_margin})"
            )


def weighted_triplet(
    batch: EmbeddedBatch, similarities: Tensor, settings: TripletSettings
) -> Tensor:
    """Return NGAME's loss: the mean over the negatives of weight * [margin - gap]_+.

    The weights of a query's negatives are the softmax of their cosines over the temperature; a
    negative that violates nothing takes part with the logit 0. Gradients flow through the weights.
    """
    negatives, exists = _hardest(batch, similarities, settings.negatives)
    gaps = _positives(batch, similarities) - negatives
    violations = functional.relu(settings.margin - gaps) * exists
    logits = torch.where(violations > 0, negatives / settings.temperature, 0.0)
    weights = _softmax_within(logits, exists)
    return (weights * violations).sum() / exists.sum().clamp(min=1)


def dynamic_margin_triplet(
    batch: EmbeddedBatch, similarities: Tensor, settings: DynamicTripletSettings
) -> Tensor:
    """Return PRIME's loss: the mean over queries of the sum of weight * [margin - gap]_+.

    The margin is |gap| within the two bounds, without a gradient. The weights are the softmax over
    the violating negatives only; gradients flow through them.
    """
    negatives, exists = _hardest(batch, similarities, settings.negatives)
    gaps = _positives(batch, similarities) - negatives
    margins = gaps.detach().abs().clamp(settings.smallest_margin, settings.largest_margin)
    violations = functional.relu(margins - gaps) * exists
    weights = _softmax_within(negatives / settings.temperature, violations > 0)
    return (weights * violations).sum(dim=1).mean()


def _positives(batch: EmbeddedBatch, similarities: Tensor) -> Tensor:
    return similarities.gather(1, batch.positives[:, None])


def _hardest(batch: EmbeddedBatch, similarities: Tensor, k: int) -> tuple[Tensor, Tensor]:
    columns, exists = batch.hardest_negatives(similarities, k)
    return similarities.gather(1, columns), exists


def _softmax_within(logits: Tensor, members: Tensor) -> Tensor:
    """Return the softmax over each row's members; a row without any has finite, unused weights."""
    # The lowest finite number instead of -inf: a row without members would be 0/0.
    return logits.masked_fill(~members, torch.finfo(logits.dtype).min).softmax(dim=1)


def _require_positive(settings: object, *names: str) -> None:
    for name in names:
        if getattr(settings, name) <= 0:
            raise ConfigurationError(f"{name} must be above 0, got {getattr(settings, name)}")
