from __future__ import annotations

import pytest
import torch
from torch import nn

from training.encoders.base import ParameterGroup
from training.loop.optimisers import Optimisers, learning_rate_factor


def test_rates_rise_over_the_warm_up_and_fall_to_zero() -> None:
    factors = [learning_rate_factor(done, 4, 10) for done in range(10)]

    expected = [0.25 * 1.0, 0.5 * 0.9, 0.75 * 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]
    assert factors == pytest.approx(expected)


def test_without_a_warm_up_the_first_step_has_the_peak_rate() -> None:
    assert learning_rate_factor(0, 0, 10) == 1.0


def test_each_group_has_its_own_peak_rate_and_all_follow_one_schedule() -> None:
    """Adam's first step is as long as the learning rate, whatever the gradient."""
    slow, fast, table = (nn.Parameter(torch.zeros(2, 1)) for _ in range(3))
    groups = [
        ParameterGroup((slow,), 0.1),
        ParameterGroup((fast,), 0.2),
        ParameterGroup((table,), 0.4, sparse=True),
    ]
    optimisers = Optimisers(groups, warmup_steps=2, steps=4)
    for one in (slow, fast):
        one.grad = torch.ones(2, 1)
    second = torch.tensor([[1]])
    table.grad = torch.sparse_coo_tensor(second, torch.ones(1, 1), (2, 1), check_invariants=True)

    optimisers.step(done=0)

    torch.testing.assert_close(slow.detach(), torch.full((2, 1), -0.05))
    torch.testing.assert_close(fast.detach(), torch.full((2, 1), -0.1))
    torch.testing.assert_close(table.detach(), torch.tensor([[0.0], [-0.2]]))


def test_weight_decay_is_that_of_the_group() -> None:
    kept, decayed = (nn.Parameter(torch.ones(1)) for _ in range(2))
    groups = [ParameterGroup((kept,), 0.1), ParameterGroup((decayed,), 0.1, weight_decay=0.5)]
    optimisers = Optimisers(groups, warmup_steps=0, steps=1)
    for one in (kept, decayed):
        one.grad = torch.zeros(1)

    optimisers.step(done=0)

    assert kept.item() == 1.0
    assert decayed.item() == pytest.approx(1 - 0.1 * 0.5)
