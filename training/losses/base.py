"""The base loss that a run was set to."""

from __future__ import annotations

from torch import Tensor

from training.losses.batch import EmbeddedBatch
from training.losses.softmax import decoupled_softmax
from training.losses.text_terms import text_terms
from training.losses.triplet import dynamic_margin_triplet, weighted_triplet
from training.settings import TrainingSettings


def base_loss(batch: EmbeddedBatch, similarities: Tensor, settings: TrainingSettings) -> Tensor:
    """Return `settings.base` under its own settings, and its terms on titles where configured.

    See docs/method.md, Base losses.
    """

    def ranked(one: EmbeddedBatch, cosines: Tensor) -> Tensor:
        match settings.base:
            case "softmax":
                return decoupled_softmax(one, cosines, settings.temperature)
            case "triplet":
                return weighted_triplet(one, cosines, settings.triplet)
            case "dynamic_triplet":
                return dynamic_margin_triplet(one, cosines, settings.dynamic_triplet)

    value = ranked(batch, similarities)
    if settings.text_terms is None:
        return value
    return value + text_terms(batch, similarities, ranked, settings.text_terms)
