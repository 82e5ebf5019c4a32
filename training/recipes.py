"""Methods by name: which parts of the trainer each is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from training.settings import TrainingSettings


def softmax() -> TrainingSettings:
    """Return decoupled softmax over the labels of the batch (DEXML)."""
    return TrainingSettings()


def ngame() -> TrainingSettings:
    """Return text labels and the triplet loss with one margin (NGAME)."""
    return TrainingSettings(base="triplet")


RECIPES: Mapping[str, Callable[[], TrainingSettings]] = {"softmax": softmax, "ngame": ngame}
