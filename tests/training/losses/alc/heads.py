"""Heads and batches for the tests of the auxiliary losses."""

from __future__ import annotations

import torch
from torch import nn

from training.losses.alc import AlcSettings
from training.losses.alc.loss import Alc
from training.losses.batch import EmbeddedBatch

SETTINGS = AlcSettings(attention_heads=1, feedforward=4, dropout=0.0, negatives=2)


def alc(settings: AlcSettings = SETTINGS, dimension: int = 2) -> Alc:
    torch.manual_seed(0)
    return Alc(dimension, settings)


def random_batch(dimension: int) -> EmbeddedBatch:
    """Four queries, six labels, one right label each."""
    torch.manual_seed(1)
    return EmbeddedBatch(
        nn.functional.normalize(torch.randn(4, dimension), dim=1),
        nn.functional.normalize(torch.randn(6, dimension), dim=1),
        torch.eye(4, 6, dtype=torch.bool),
        torch.arange(4),
    )


def only_products(linear: nn.Linear, row: int) -> None:
    """Let one output be the sum of the product block: the inner product of the pair."""
    nn.init.zeros_(linear.weight)
    nn.init.zeros_(linear.bias)
    with torch.no_grad():
        linear.weight[row, 6:] = 1.0
