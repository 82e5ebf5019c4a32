from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from tests.training.losses.alc.heads import SETTINGS, alc, only_products, values
from tests.training.losses.example import small_batch
from training.losses.alc.pair_classifier import PairClassifier

CLASSIFY = replace(SETTINGS, width=2)


def classifier(**changed: Any) -> PairClassifier:
    """Return one whose logits are (0, inner product); with two layers, whose first output is it."""
    torch.manual_seed(0)
    found = PairClassifier(2, replace(CLASSIFY, **changed))
    only_products(found.classifier, row=0 if found.last else 1)
    return found


def cost_of_right(logit: float) -> float:
    """Return what a right pair costs by the logits (0, this one)."""
    return math.log1p(math.exp(-logit))


def cost_of_wrong(logit: float) -> float:
    return math.log1p(math.exp(logit))


def test_query_label_value_worked_out_by_hand() -> None:
    """With logits (0, cosine), a positive of cosine c costs ln(1 + e^-c), a negative ln(1 + e^c).

    Positives: 0.6 and 1.0. Hardest negatives: 0.8 for q0 and -0.6 for q1.
    """
    losses = alc()
    losses.query_label = classifier()

    query_label, _ = values(losses, small_batch())

    expected = cost_of_right(0.6) + cost_of_right(1.0) + cost_of_wrong(0.8) + cost_of_wrong(-0.6)
    assert query_label == pytest.approx(expected / 4, rel=1e-6)


def test_the_wrong_labels_of_a_query_weigh_as_much_as_its_right_one() -> None:
    """Of up to three wrong labels q0 has two, of cosine 0.8 and 0, and q1 has one, of -0.6."""
    losses = alc(replace(SETTINGS, query_label_negatives=3))
    losses.query_label = classifier()

    query_label, _ = values(losses, small_batch())

    wrong = (cost_of_wrong(0.8) + cost_of_wrong(0.0)) / 2 + cost_of_wrong(-0.6)
    expected = cost_of_right(0.6) + cost_of_right(1.0) + wrong
    assert query_label == pytest.approx(expected / 4, rel=1e-6)


def test_a_query_without_a_wrong_label_contributes_its_right_pair_only() -> None:
    """Cosines 0.6 and 1.0 on the right; on the wrong side only q0's 0.8 exists."""
    batch = small_batch()
    right, wrong = torch.tensor([0, 1]), torch.tensor([[2], [2]])
    exists = torch.tensor([[True], [False]])

    loss = classifier()(batch.queries, batch.labels, right, wrong, exists)

    expected = cost_of_right(0.6) + cost_of_right(1.0) + cost_of_wrong(0.8)
    assert loss.item() == pytest.approx(expected / 3, rel=1e-6)


def test_two_layers_have_a_gelu_between_them() -> None:
    """The first gives (cosine, 0), the second the logits (0, 3 gelu(cosine) + 0.5)."""
    losses = alc(replace(CLASSIFY, query_batch_weight=0.0, attention_heads=1))
    losses.query_label = found = classifier(classifier="mlp")
    assert found.last
    with torch.no_grad():
        found.last.weight.copy_(torch.tensor([[0.0, 0.0], [3.0, 7.0]]))
        found.last.bias.copy_(torch.tensor([0.0, 0.5]))
    batch = small_batch()

    query_label = losses(batch, batch.similarities).query_label

    def logit(x: float) -> float:
        return 3 * x * 0.5 * (1 + math.erf(x / math.sqrt(2))) + 0.5

    expected = sum(cost_of_right(logit(x)) for x in (0.6, 1.0))
    expected += sum(cost_of_wrong(logit(x)) for x in (0.8, -0.6))
    assert query_label.item() == pytest.approx(expected / 4, rel=1e-5)


def test_the_hidden_layer_is_as_wide_as_set() -> None:
    found = PairClassifier(8, replace(SETTINGS, classifier="mlp", width=5))

    assert found.classifier.weight.shape == (5, 32)
    assert found.last
    assert found.last.weight.shape == (2, 5)


def test_interactions_are_the_distance_and_the_product() -> None:
    """By the distance alone, with the logits (0, minus its sum).

    |q0 - l0| = (0.4, 0.8), |q1 - l1| = 0, |q0 - l2| = (0.2, 0.6), |q1 - l2| = (0.8, 1.6).
    """
    found = classifier(pair_representation="interactions")
    nn.init.zeros_(found.classifier.weight)
    with torch.no_grad():
        found.classifier.weight[1, :2] = -1.0
    losses = alc(replace(SETTINGS, pair_representation="interactions"))
    losses.query_label = found

    query_label, _ = values(losses, small_batch())

    expected = cost_of_right(-1.2) + cost_of_right(0.0) + cost_of_wrong(-0.8) + cost_of_wrong(-2.4)
    assert query_label == pytest.approx(expected / 4, rel=1e-6)


def test_raw_embeddings_are_judged_but_cosines_choose_the_negatives() -> None:
    """Inner products of the raw: q0 l0 1.2, q1 l1 6.0, q0 l2 3.2, q1 l2 -2.4.

    q0 l1 would be 18, the highest of a wrong label; its cosine is not.
    """
    batch = small_batch()
    raw = replace(
        batch,
        raw_queries=2 * batch.queries,
        raw_labels=torch.tensor([[0.6, 0.8], [9.0, 3.0], [1.6, -1.2]]),
    )
    losses = alc(replace(SETTINGS, inputs="raw"))
    losses.query_label = classifier()

    query_label, _ = values(losses, raw)

    expected = cost_of_right(1.2) + cost_of_right(6.0) + cost_of_wrong(3.2) + cost_of_wrong(-2.4)
    assert query_label == pytest.approx(expected / 4, rel=1e-5)


def test_on_titles_is_the_mean_over_labels_and_titles() -> None:
    """By title q0 has 1.0 on the right and 0.6 and 0.0 on the wrong side, q1 0.8 and 1.0."""
    titles = torch.tensor([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
    losses = alc(replace(SETTINGS, on_titles=True))
    losses.query_label = classifier()

    query_label, _ = values(losses, replace(small_batch(), titles=titles))

    by_label = sum(map(cost_of_right, (0.6, 1.0))) + sum(map(cost_of_wrong, (0.8, -0.6)))
    by_title = sum(map(cost_of_right, (1.0, 0.8))) + sum(map(cost_of_wrong, (0.6, 1.0)))
    assert query_label == pytest.approx((by_label + by_title) / 8, rel=1e-6)
