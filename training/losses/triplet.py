"""Triplet losses on the hardest negatives of a batch: NGAME's, and PRIME's with a dynamic margin.

Both compare the sampled positive's cosine with those of the most similar wrong labels. A right
label is never a negative, whichever query it was sampled for.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from training.losses.batch import EmbeddedBatch
from training.losses.settings import DynamicTripletSettings, TripletSettings


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
