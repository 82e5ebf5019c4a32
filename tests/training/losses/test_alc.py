from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from tests.training.losses.example import small_batch
from training.losses.alc import Alc, AlcSettings, SharedHead
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
    """Let one output be the sum of the product block: the cosine of the pair."""
    nn.init.zeros_(linear.weight)
    nn.init.zeros_(linear.bias)
    with torch.no_grad():
        linear.weight[row, 6:] = 1.0


def test_query_label_value_worked_out_by_hand() -> None:
    """With logits (0, cosine), a positive of cosine c costs ln(1 + e^-c), a negative ln(1 + e^c).

    Positives: 0.6 and 1.0. Hardest negatives: 0.8 for q0 and -0.6 for q1.
    """
    losses = alc()
    only_products(losses.query_label.classifier, row=1)
    batch = small_batch()

    loss = losses(batch, batch.similarities)

    expected = [math.log1p(math.exp(-c)) for c in (0.6, 1.0)]
    expected += [math.log1p(math.exp(c)) for c in (0.8, -0.6)]
    assert loss.query_label.item() == pytest.approx(sum(expected) / 4, rel=1e-6)


def test_query_batch_value_of_the_shared_head_worked_out_by_hand() -> None:
    """A head that returns gelu(cosine): q0 has 0.6 against 0.8 and 0, q1 has 1 against -0.6."""
    losses = alc(replace(SETTINGS, head="shared_head"))
    head = losses.query_batch
    assert isinstance(head, SharedHead)
    first, last = head.layers[0], head.layers[2]
    assert isinstance(first, nn.Linear)
    assert isinstance(last, nn.Linear)
    only_products(first, row=0)
    nn.init.constant_(last.weight, 1.0)
    nn.init.zeros_(last.bias)
    batch = small_batch()

    loss = losses(batch, batch.similarities)

    def gelu(x: float) -> float:
        return x * 0.5 * (1 + math.erf(x / math.sqrt(2)))

    def cost(right: float, *wrong: float) -> float:
        powers = [math.exp(gelu(x)) for x in (right, *wrong)]
        return -math.log(powers[0] / sum(powers))

    expected = (cost(0.6, 0.8, 0.0) + cost(1.0, -0.6)) / 2
    assert loss.query_batch.item() == pytest.approx(expected, rel=1e-5)


def test_attention_does_not_read_the_position() -> None:
    """Construction B1 is set-equivariant: reordering candidates reorders the scores."""
    head = alc(dimension=8).query_batch
    pairs = torch.randn(3, 4, 32)
    exists = torch.ones(3, 4, dtype=torch.bool)
    order = torch.tensor([2, 0, 3, 1])

    scores, reordered = head(pairs, exists), head(pairs[:, order], exists)

    assert torch.allclose(scores[:, order], reordered, atol=1e-6)


def test_attention_lets_candidates_see_each_other() -> None:
    head = alc(dimension=8).query_batch
    pairs = torch.randn(1, 3, 32)
    exists = torch.ones(1, 3, dtype=torch.bool)
    changed = pairs.clone()
    changed[0, 2] += 1.0

    assert head(pairs, exists)[0, 0].item() != pytest.approx(head(changed, exists)[0, 0].item())


def test_a_missing_negative_counts_nothing() -> None:
    """All labels of the second query are right: only its positive pair is left."""
    batch = small_batch()
    alone = EmbeddedBatch(
        batch.queries,
        batch.labels,
        torch.tensor([[True, False, False], [True, True, True]]),
        batch.positives,
    )

    loss = alc()(alone, alone.similarities)

    assert torch.isfinite(loss.value)


def test_the_gradient_reaches_queries_and_labels() -> None:
    batch = small_batch()
    queries, labels = (part.clone().requires_grad_(True) for part in (batch.queries, batch.labels))
    moved = EmbeddedBatch(queries, labels, batch.relevance, batch.positives)

    gradients = torch.autograd.grad(alc()(moved, moved.similarities).value, [queries, labels])

    assert all(float(gradient.abs().sum()) > 0 for gradient in gradients)


@pytest.mark.parametrize(
    "changed",
    [
        {"query_label_weight": 1.0},
        {"query_batch_weight": 1.0},
        {"negatives": 1},
        {"head": "shared_head"},
        {"attention_heads": 2},
        {"feedforward": 8},
        {"dropout": 0.5},
    ],
)
def test_every_setting_changes_the_loss(changed: dict[str, Any]) -> None:
    batch = random_batch(dimension=8)

    usual = alc(dimension=8)(batch, batch.similarities).value
    other = alc(replace(SETTINGS, **changed), dimension=8)(batch, batch.similarities).value

    assert other.item() != pytest.approx(usual.item(), abs=1e-6)
