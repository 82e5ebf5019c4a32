"""Heads and batches for the tests of the auxiliary losses."""

from __future__ import annotations

import torch
from torch import nn

from training.losses.alc import AlcSettings
from training.losses.alc.loss import Alc
from training.losses.batch import EmbeddedBatch

SETTINGS = AlcSettings(
    head="set_attention", attention_heads=1, feedforward=4, dropout=0.0, negatives=2
)


def alc(settings: AlcSettings = SETTINGS, dimension: int = 2) -> Alc:
    torch.manual_seed(0)
    return Alc(dimension, settings)


def random_batch(dimension: int) -> EmbeddedBatch:
    """Four queries, six labels with other titles, one right label each."""
    torch.manual_seed(1)
    queries, labels, titles = (torch.randn(count, dimension) for count in (4, 6, 6))
    return EmbeddedBatch(
        nn.functional.normalize(queries, dim=1),
        nn.functional.normalize(labels, dim=1),
        torch.eye(4, 6, dtype=torch.bool),
        torch.arange(4),
        titles=nn.functional.normalize(titles, dim=1),
        raw_queries=queries,
        raw_labels=labels,
        raw_titles=titles,
    )


def values(losses: Alc, batch: EmbeddedBatch) -> tuple[float, float]:
    """Return the query-label and the query-batch loss, both of which are computed."""
    loss = losses(batch, batch.similarities)
    return loss.query_label.item(), loss.query_batch.item()


def only_products(linear: nn.Linear, row: int) -> None:
    """Let one output be the inner product of the pair: of two dimensions the product block."""
    nn.init.zeros_(linear.weight)
    nn.init.zeros_(linear.bias)
    with torch.no_grad():
        linear.weight[row, -2:] = 1.0
