from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
import torch

from models.errors import ConfigurationError
from tests.training.losses.alc.heads import SETTINGS, alc, random_batch
from tests.training.losses.example import small_batch
from training.losses.alc import AlcSettings, QueryBatchHead
from training.losses.batch import EmbeddedBatch

each_head = pytest.mark.parametrize("head", get_args(QueryBatchHead))


def test_the_value_is_the_weighted_sum_of_its_parts() -> None:
    batch = random_batch(dimension=8)
    weighted = replace(SETTINGS, query_label_weight=0.5, query_batch_weight=2.0)

    loss = alc(weighted, dimension=8)(batch, batch.similarities)

    expected = 0.5 * loss.query_label.item() + 2.0 * loss.query_batch.item()
    assert loss.value.item() == pytest.approx(expected, rel=1e-6)


@each_head
def test_a_missing_negative_counts_nothing(head: QueryBatchHead) -> None:
    """All labels of the second query are right: only its positive pair is left."""
    batch = small_batch()
    queries = batch.queries.clone().requires_grad_(True)
    relevance = torch.tensor([[True, False, False], [True, True, True]])
    alone = EmbeddedBatch(queries, batch.labels, relevance, batch.positives)

    loss = alc(replace(SETTINGS, head=head))(alone, alone.similarities)
    (gradient,) = torch.autograd.grad(loss.value, queries)

    assert torch.isfinite(loss.value)
    assert torch.isfinite(gradient).all()


@each_head
def test_the_gradient_reaches_queries_and_labels(head: QueryBatchHead) -> None:
    batch = small_batch()
    queries, labels = (part.clone().requires_grad_(True) for part in (batch.queries, batch.labels))
    moved = EmbeddedBatch(queries, labels, batch.relevance, batch.positives)
    only_batch = replace(SETTINGS, head=head, query_label_weight=0.0)

    loss = alc(only_batch)(moved, moved.similarities).value
    gradients = torch.autograd.grad(loss, [queries, labels])

    assert all(float(gradient.abs().sum()) > 0 for gradient in gradients)


def test_every_head_gives_another_loss() -> None:
    batch = random_batch(dimension=8)

    losses = [
        alc(replace(SETTINGS, head=head), dimension=8)(batch, batch.similarities).query_batch
        for head in get_args(QueryBatchHead)
    ]

    assert len({round(loss.item(), 6) for loss in losses}) == 4


@pytest.mark.parametrize(
    ("head", "changed"),
    [
        ("set_attention", {"query_label_weight": 1.0}),
        ("set_attention", {"query_batch_weight": 1.0}),
        ("set_attention", {"negatives": 1}),
        ("set_attention", {"attention_heads": 2}),
        ("set_attention", {"width": 16}),
        ("set_attention", {"feedforward": 8}),
        ("set_attention", {"dropout": 0.5}),
        ("shared_head", {"negatives": 1}),
        ("cross_attention", {"attention_heads": 2}),
        ("cross_attention", {"dropout": 0.5}),
        ("batch_prototype", {"negatives": 1}),
        ("batch_prototype", {"prototype_temperature": 1.0}),
    ],
)
def test_every_setting_of_a_head_changes_the_loss(
    head: QueryBatchHead, changed: dict[str, Any]
) -> None:
    batch = random_batch(dimension=8)
    settings = replace(SETTINGS, head=head)

    usual = alc(settings, dimension=8)(batch, batch.similarities).value
    other = alc(replace(settings, **changed), dimension=8)(batch, batch.similarities).value

    assert other.item() != pytest.approx(usual.item(), abs=1e-6)


@pytest.mark.parametrize(
    "name", ["negatives", "attention_heads", "width", "feedforward", "prototype_temperature"]
)
def test_a_setting_that_cannot_be_used_is_named(name: str) -> None:
    unusable: dict[str, Any] = {name: 0}
    with pytest.raises(ConfigurationError, match=name):
        AlcSettings(**unusable)


@pytest.mark.parametrize("dropout", [-0.1, 1.0])
def test_dropout_is_a_share_below_one(dropout: float) -> None:
    with pytest.raises(ConfigurationError, match="dropout"):
        AlcSettings(dropout=dropout)


def test_an_unknown_head_is_refused_with_those_there_are() -> None:
    unusable: dict[str, Any] = {"head": "crystal_ball"}
    with pytest.raises(ConfigurationError, match="cross_attention, batch_prototype"):
        AlcSettings(**unusable)
