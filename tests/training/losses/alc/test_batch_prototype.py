from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from tests.training.losses.alc.heads import SETTINGS, alc, only_products, random_batch, values
from tests.training.losses.example import small_batch
from training.losses.alc.batch_prototype import BatchPrototype
from training.losses.alc.loss import Alc


def batch_prototype(dimension: int = 2) -> tuple[Alc, BatchPrototype]:
    settings = replace(SETTINGS, head="batch_prototype", prototype_temperature=0.4)
    losses = alc(settings, dimension)
    assert isinstance(losses.query_batch, BatchPrototype)
    return losses, losses.query_batch


def test_value_worked_out_by_hand() -> None:
    """Temperature 0.4: l2 (0.8) and l1 (0.0) have the logits 2 and 0 for q0; q1 has l2 only.

    The prototypes' inner products are w * 0.8 and -0.6, those of the positives 0.6 and 1.0.
    """
    losses, head = batch_prototype()
    only_products(head.pairs.classifier, row=1)

    _, query_batch = values(losses, small_batch())

    weight = 1 / (1 + math.exp(-2))
    expected = [math.log1p(math.exp(-x)) for x in (0.6, 1.0)]
    expected += [math.log1p(math.exp(x)) for x in (weight * 0.8, -0.6)]
    assert query_batch == pytest.approx(sum(expected) / 4, rel=1e-6)


def test_a_prototype_is_the_weighted_sum_of_its_negatives() -> None:
    """q0: w l2 + (1 - w) l1 = w (0.8, -0.6) + (1 - w) (0, 1); q1: l2, and not l0, right for it."""
    _, head = batch_prototype()
    batch = small_batch()
    columns, exists = batch.hardest_negatives(batch.similarities, 2)

    prototypes = head.prototypes(batch.labels, batch.similarities, columns, exists)

    w = 1 / (1 + math.exp(-2))
    assert prototypes[0].tolist() == pytest.approx([0.8 * w, 1 - 1.6 * w], rel=1e-5)
    assert prototypes[1].tolist() == pytest.approx([0.8, -0.6])


def test_only_the_hardest_negatives_are_pooled() -> None:
    """Of five wrong labels the two most similar reach the prototype."""
    _, head = batch_prototype(dimension=8)
    batch = random_batch(dimension=8)
    labels = batch.labels.requires_grad_(True)
    similarities = batch.similarities.detach()
    columns, exists = batch.hardest_negatives(similarities, 2)

    prototypes = head.prototypes(labels, similarities, columns, exists)
    (gradient,) = torch.autograd.grad(prototypes[0].sum(), labels)

    reached = torch.nonzero(gradient.abs().sum(dim=1)).flatten().tolist()
    assert set(reached) == set(columns[0].tolist())
