"""The label representation that a run was set to."""

from __future__ import annotations

from training.labels.base import LabelContext, LabelModule
from training.labels.free_vectors import FreeVectorLabels
from training.labels.prototype import PrototypeLabels
from training.labels.settings import LabelSettings
from training.labels.text import TextLabels


def build_labels(settings: LabelSettings, context: LabelContext) -> LabelModule:
    """Return the untrained module of the configured kind."""
    match settings.kind:
        case "text":
            return TextLabels()
        case "free_vectors":
            return FreeVectorLabels(context, settings)
        case "prototype":
            return PrototypeLabels(context, settings)
