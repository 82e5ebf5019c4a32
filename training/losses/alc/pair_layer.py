"""The first layer of every head: on the pair representation, whole or interactions only."""

from __future__ import annotations

from torch import nn

from training.losses.alc.settings import AlcSettings

FULL, INTERACTIONS = 4, 2  # blocks of the embeddings' dimension


def pair_layer(dimension: int, outputs: int, settings: AlcSettings) -> nn.Linear:
    """Return a layer for `pair_linear`, with the blocks of `settings.pair_representation`."""
    blocks = FULL if settings.pair_representation == "full" else INTERACTIONS
    return nn.Linear(blocks * dimension, outputs)
