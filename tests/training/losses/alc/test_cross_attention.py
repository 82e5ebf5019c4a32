from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from tests.training.losses.alc.heads import SETTINGS, alc, only_products, values
from tests.training.losses.example import small_batch
from training.losses.alc.cross_attention import CrossAttention
from training.losses.alc.loss import Alc


def cross_attention(dimension: int = 2) -> tuple[Alc, CrossAttention]:
    losses = alc(replace(SETTINGS, head="cross_attention"), dimension)
    assert isinstance(losses.query_batch, CrossAttention)
    return losses, losses.query_batch


def even_attention(head: CrossAttention) -> None:
    """Equal logits everywhere and values passed on as they are: attention is the mean."""
    assert head.attend.in_proj_weight is not None
    nn.init.zeros_(head.attend.in_proj_weight)
    nn.init.zeros_(head.attend.in_proj_bias)
    nn.init.zeros_(head.attend.out_proj.bias)
    with torch.no_grad():
        head.attend.in_proj_weight[4:] = torch.eye(2)  # after two rows of queries, two of keys
        head.attend.out_proj.weight.copy_(torch.eye(2))


def test_value_worked_out_by_hand() -> None:
    """Each label gains the mean of the three, (1.4, 1.2) / 3.

    Inner products with q0: l0 0.6 + 1.4 / 3, l2 0.8 + 1.4 / 3; with q1: l1 1 + 0.4, l2 -0.6 + 0.4.
    With logits (0, product) a right pair costs ln(1 + e^-x), a wrong one ln(1 + e^x).
    """
    losses, head = cross_attention()
    even_attention(head)
    only_products(head.pairs.classifier, row=1)

    _, query_batch = values(losses, small_batch())

    expected = [math.log1p(math.exp(-x)) for x in (0.6 + 1.4 / 3, 1.4)]
    expected += [math.log1p(math.exp(x)) for x in (0.8 + 1.4 / 3, -0.2)]
    assert query_batch == pytest.approx(sum(expected) / 4, rel=1e-6)


def test_a_label_sees_every_other_label_of_the_batch() -> None:
    _, head = cross_attention(dimension=8)
    labels = torch.randn(5, 8)
    changed = labels.clone()
    changed[4] += 1.0

    moved = (head.in_context(labels) - head.in_context(changed)).abs().sum(dim=1)

    assert bool((moved > 1e-6).all())


def test_the_order_of_the_labels_says_nothing() -> None:
    _, head = cross_attention(dimension=8)
    labels = torch.randn(5, 8)
    order = torch.tensor([3, 0, 4, 2, 1])

    assert torch.allclose(head.in_context(labels)[order], head.in_context(labels[order]), atol=1e-6)
