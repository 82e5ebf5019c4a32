from __future__ import annotations

import math

import pytest
import torch

from tests.training.losses.alc.heads import alc, only_products
from tests.training.losses.example import small_batch
from training.losses.alc.pair_classifier import PairClassifier


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


def test_a_query_without_a_wrong_label_contributes_its_right_pair_only() -> None:
    """Cosines 0.6 and 1.0 on the right; on the wrong side only q0's 0.8 exists."""
    torch.manual_seed(0)
    classifier = PairClassifier(2)
    only_products(classifier.classifier, row=1)
    batch = small_batch()
    right, wrong = torch.tensor([0, 1]), torch.tensor([2, 2])

    loss = classifier(batch.queries, batch.labels, right, wrong, torch.tensor([True, False]))

    expected = [math.log1p(math.exp(-0.6)), math.log1p(math.exp(-1.0)), math.log1p(math.exp(0.8))]
    assert loss.item() == pytest.approx(sum(expected) / 3, rel=1e-6)
