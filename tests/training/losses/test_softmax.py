from __future__ import annotations

import math

import pytest
import torch

from tests.training.losses.example import small_batch
from training.losses.softmax import decoupled_softmax


def test_value_worked_out_by_hand() -> None:
    """Temperature 0.5: q0 has logits 1.2, 0, 1.6; q1 leaves out l0 and has 2.0, -1.2."""
    batch = small_batch()

    loss = decoupled_softmax(batch, batch.similarities, temperature=0.5)

    first = -math.log(math.exp(1.2) / (math.exp(1.2) + math.exp(0.0) + math.exp(1.6)))
    second = -math.log(math.exp(2.0) / (math.exp(2.0) + math.exp(-1.2)))
    assert loss.item() == pytest.approx((first + second) / 2, rel=1e-6)


def test_another_right_label_is_no_negative() -> None:
    batch = small_batch()
    batch.labels.requires_grad_(True)

    similarities = batch.similarities
    decoupled_softmax(batch, similarities, temperature=0.5).backward()  # type: ignore[no-untyped-call]

    gradient = torch.autograd.grad(
        decoupled_softmax(batch, batch.similarities, 0.5), batch.labels, retain_graph=False
    )[0]
    # l0 is a label of q0 (positive) and of q1 (left out): only q0's direction may move it.
    assert gradient[0, 1].item() == 0
    assert gradient[0, 0].item() < 0
