"""The base loss that a run was set to."""

from __future__ import annotations

from torch import Tensor

from training.losses.batch import EmbeddedBatch
from training.losses.softmax import decoupled_softmax
from training.losses.triplet import dynamic_margin_triplet, weighted_triplet
from training.settings import TrainingSettings


def base_loss(batch: EmbeddedBatch, similarities: Tensor, settings: TrainingSettings) -> Tensor:
    """Return the value of `settings.base` under its own settings (docs/method.md, Base losses)."""
    match settings.base:
        case "softmax":
            return decoupled_softmax(batch, similarities, settings.temperature)
        case "triplet":
            return weighted_triplet(batch, similarities, settings.triplet)
        case "dynamic_triplet":
            return dynamic_margin_triplet(batch, similarities, settings.dynamic_triplet)
