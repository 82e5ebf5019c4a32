from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from tests.training.losses.example import small_batch
from training.losses.batch import EmbeddedBatch
from training.losses.settings import TcmSettings
from training.losses.tcm import threshold_consistent_margin


def test_value_worked_out_by_hand() -> None:
    """Positives 0.6, 0.8, 1.0: two are under 0.9, violations 0.3 and 0.1, mean 0.2.

    Negatives 0.0, 0.8, -0.6: one is over 0.5, violation 0.3, mean 0.3.
    """
    batch = small_batch()

    loss = threshold_consistent_margin(batch, batch.similarities, TcmSettings())

    assert loss.value.item() == pytest.approx(0.2 + 0.3)
    assert (loss.active_positives.item(), loss.active_negatives.item()) == (2, 1)


def test_each_side_is_averaged_over_its_violating_pairs_only() -> None:
    """A pair that violates nothing changes neither the value nor the gradient."""
    batch = small_batch()
    more = EmbeddedBatch(
        batch.queries,
        torch.cat([batch.labels, torch.tensor([[-1.0, 0.0]])]),
        torch.cat([batch.relevance, torch.tensor([[False], [False]])], dim=1),
        batch.positives,
    )

    before = threshold_consistent_margin(batch, batch.similarities, TcmSettings())
    after = threshold_consistent_margin(more, more.similarities, TcmSettings())

    assert after.value.item() == pytest.approx(before.value.item())


def test_no_violation_is_zero_and_still_differentiable() -> None:
    queries = torch.tensor([[1.0, 0.0]], requires_grad=True)
    batch = EmbeddedBatch(
        queries,
        torch.tensor([[1.0, 0.0], [-1.0, 0.0]]),
        torch.tensor([[True, False]]),
        torch.tensor([0]),
    )

    loss = threshold_consistent_margin(batch, batch.similarities, TcmSettings())
    (gradient,) = torch.autograd.grad(loss.value, queries)

    assert loss.value.item() == 0
    assert torch.all(gradient == 0)


@pytest.mark.parametrize(
    "changed",
    [
        {"positive_margin": 0.7},
        {"negative_margin": 0.3},
        {"positive_weight": 2.0},
        {"negative_weight": 2.0},
    ],
)
def test_every_setting_changes_the_loss(changed: dict[str, float]) -> None:
    batch = small_batch()
    settings = replace(TcmSettings(), **changed)

    usual = threshold_consistent_margin(batch, batch.similarities, TcmSettings())
    other = threshold_consistent_margin(batch, batch.similarities, settings)

    assert other.value.item() != pytest.approx(usual.value.item())
