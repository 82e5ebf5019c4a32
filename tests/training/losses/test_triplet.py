from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from models.errors import ConfigurationError
from tests.training.losses.example import small_batch
from training.losses.batch import EmbeddedBatch
from training.losses.settings import DynamicTripletSettings, TripletSettings
from training.losses.triplet import (
    dynamic_margin_triplet,
    weighted_triplet,
)

COSINES = st.floats(-1, 1, width=32)


def one_query(*cosines: float) -> tuple[EmbeddedBatch, Tensor]:
    """A query with the given cosines; the first label is the positive, the others are wrong."""
    relevance = torch.tensor([[True] + [False] * (len(cosines) - 1)])
    nothing = torch.empty(0)
    batch = EmbeddedBatch(nothing, nothing, relevance, torch.tensor([0]))
    return batch, torch.tensor([cosines], requires_grad=True)


def gradient(loss: Tensor, similarities: Tensor) -> list[float]:
    (found,) = torch.autograd.grad(loss, similarities)
    values: list[float] = found[0].tolist()
    return values


def test_weighted_triplet_worked_out_by_hand() -> None:
    """q0: positive 0.6; l2 (0.8) violates the margin by 0.5, l1 (0.0) does not: logits 8 and 0.

    q1: positive 1.0; its only wrong label, -0.6, violates nothing. Three negatives exist.
    """
    batch = small_batch()

    loss = weighted_triplet(batch, batch.similarities, TripletSettings())

    weight = math.exp(8) / (math.exp(8) + 1)
    assert loss.item() == pytest.approx(weight * 0.5 / 3, rel=1e-6)


def test_dynamic_margin_triplet_worked_out_by_hand() -> None:
    """q0: positive 0.6; l2 (0.8) is ahead by 0.2 and costs 0.2 + 0.2; l1 is 0.6 behind.

    q1 costs nothing, so the mean over both queries is 0.2.
    """
    batch = small_batch()

    loss = dynamic_margin_triplet(batch, batch.similarities, DynamicTripletSettings())

    assert loss.item() == pytest.approx(0.4 / 2, rel=1e-6)


@pytest.mark.parametrize("gap", [0.1, 0.2, 0.3, 0.35, 1.0])
def test_a_gap_of_the_smallest_margin_costs_nothing(gap: float) -> None:
    loss = dynamic_margin_triplet(*one_query(0.5, 0.5 - gap), DynamicTripletSettings())

    assert loss.item() == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("gap", "value"),
    [
        (0.09, 0.01),  # 0.1 - gap
        (0.04, 0.06),
        (0.0, 0.1),
        (-0.05, 0.05 + 0.1),  # |gap| and the gap kept within 0.1 and 0.3
        (-0.2, 0.2 + 0.2),
        (-0.5, 0.5 + 0.3),
    ],
)
def test_a_smaller_gap_costs_what_is_missing_and_a_violated_one_more(
    gap: float, value: float
) -> None:
    loss = dynamic_margin_triplet(*one_query(0.5, 0.5 - gap), DynamicTripletSettings())

    assert loss.item() == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("gap", [0.04, -0.05, -0.2, -0.5])
def test_the_margin_has_no_gradient_of_its_own(gap: float) -> None:
    """With one negative the gradient is that of a triplet with a fixed margin."""
    batch, similarities = one_query(0.5, 0.5 - gap)

    loss = dynamic_margin_triplet(batch, similarities, DynamicTripletSettings())

    assert gradient(loss, similarities) == pytest.approx([-1.0, 1.0])


def test_gradients_flow_through_the_weights() -> None:
    """Of w_a l_a + w_b l_b with l' = 1 and w = softmax(s / t): w_a + w_a (l_a - loss) / t.

    Negatives 0.6 and 0.5 at a positive of 0.5: losses 0.2 and 0.1, logits 6 and 5.
    """
    batch, similarities = one_query(0.5, 0.6, 0.5)

    loss = dynamic_margin_triplet(batch, similarities, DynamicTripletSettings())

    first = 1 / (1 + math.exp(-1))
    second = 1 - first
    value = first * 0.2 + second * 0.1
    assert loss.item() == pytest.approx(value, rel=1e-5)
    expected = [
        -1.0,
        first + first * (0.2 - value) / 0.1,
        second + second * (0.1 - value) / 0.1,
    ]
    assert gradient(loss, similarities) == pytest.approx(expected, rel=1e-4)


def test_a_negative_that_violates_nothing_dilutes_one_loss_and_not_the_other() -> None:
    """At a positive of 0.5, -0.5 violates no margin; 0.5 violates NGAME's by 0.3, PRIME's by 0.1.

    NGAME gives it the logit 0 beside 5, and counts it in the mean; PRIME leaves it out.
    """
    batch, similarities = one_query(0.5, 0.5, -0.5)

    ngame = weighted_triplet(batch, similarities, TripletSettings())
    prime = dynamic_margin_triplet(batch, similarities, DynamicTripletSettings())

    assert ngame.item() == pytest.approx(0.3 / (1 + math.exp(-5)) / 2, rel=1e-5)
    assert prime.item() == pytest.approx(0.1, rel=1e-5)


@given(
    rows=st.lists(st.lists(COSINES, min_size=5, max_size=5), min_size=2, max_size=2), other=COSINES
)
def test_another_right_label_never_counts(rows: list[list[float]], other: float) -> None:
    """Whatever its cosine: as high as it likes, a right label is no negative."""
    relevance = torch.tensor([[True, False, True, False, False], [False, True, False, True, False]])
    nothing = torch.empty(0)
    batch = EmbeddedBatch(nothing, nothing, relevance, torch.tensor([0, 1]))
    usual = torch.tensor(rows)
    moved = usual.clone()
    moved[0, 2], moved[1, 3] = other, other

    def losses(similarities: Tensor) -> list[float]:
        return [
            weighted_triplet(batch, similarities, TripletSettings()).item(),
            dynamic_margin_triplet(batch, similarities, DynamicTripletSettings()).item(),
        ]

    assert losses(usual) == losses(moved)
    assert min(losses(usual)) >= 0


def test_a_query_without_wrong_labels_costs_nothing_and_stays_differentiable() -> None:
    """The second query's labels are all right; the first is as in the batch worked out above."""
    batch = replace(
        small_batch(), relevance=torch.tensor([[True, False, False], [True, True, True]])
    )
    similarities = batch.similarities.requires_grad_(True)

    ngame = weighted_triplet(batch, similarities, TripletSettings())
    prime = dynamic_margin_triplet(batch, similarities, DynamicTripletSettings())
    (moved,) = torch.autograd.grad(ngame + prime, similarities)

    weight = math.exp(8) / (math.exp(8) + 1)
    assert ngame.item() == pytest.approx(weight * 0.5 / 2, rel=1e-6)
    assert prime.item() == pytest.approx(0.4 / 2, rel=1e-6)
    assert moved[1].tolist() == [0, 0, 0]
    assert torch.isfinite(moved).all()


@pytest.mark.parametrize("changed", [{"margin": 0.5}, {"negatives": 1}, {"temperature": 1.0}])
def test_every_setting_changes_the_weighted_triplet(changed: dict[str, Any]) -> None:
    batch = small_batch()

    usual = weighted_triplet(batch, batch.similarities, TripletSettings())
    other = weighted_triplet(batch, batch.similarities, replace(TripletSettings(), **changed))

    assert other.item() != pytest.approx(usual.item(), rel=1e-6)


@pytest.mark.parametrize(
    "changed",
    [{"smallest_margin": 0.2}, {"largest_margin": 0.2}, {"negatives": 1}, {"temperature": 1.0}],
)
def test_every_setting_changes_the_dynamic_margin_triplet(changed: dict[str, Any]) -> None:
    """The negatives are 0.4 ahead and 0.02 ahead: one meets each bound of the margin."""
    batch, similarities = one_query(0.2, 0.6, 0.22)

    usual = dynamic_margin_triplet(batch, similarities, DynamicTripletSettings())
    other = dynamic_margin_triplet(
        batch, similarities, replace(DynamicTripletSettings(), **changed)
    )

    assert other.item() != pytest.approx(usual.item(), rel=1e-4)


@pytest.mark.parametrize("name", ["margin", "negatives", "temperature"])
def test_a_setting_of_the_weighted_triplet_that_cannot_be_used_is_named(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        replace(TripletSettings(), **{name: 0})


@pytest.mark.parametrize("name", ["smallest_margin", "negatives", "temperature", "largest_margin"])
def test_a_setting_of_the_dynamic_triplet_that_cannot_be_used_is_named(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        replace(DynamicTripletSettings(), **{name: 0})
