"""The label representation that a run was set to."""

from __future__ import annotations

from training.labels.base import LabelContext, LabelModule
from training.labels.settings import LabelSettings
from training.labels.text import TextLabels


def build_labels(settings: LabelSettings, context: LabelContext) -> LabelModule:  # noqa: ARG001
    """Return the untrained module of the configured kind."""
    return TextLabels()
