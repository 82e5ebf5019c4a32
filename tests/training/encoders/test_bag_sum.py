from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from training.encoders.bag_sum import bag_sum

TABLE = 12


def gradient(summed: Tensor, upstream: Tensor, table: Tensor) -> Tensor:
    (found,) = torch.autograd.grad(summed, table, upstream)
    return found


@given(st.lists(st.lists(st.integers(0, TABLE - 1), max_size=6), min_size=1, max_size=8))
def test_sums_and_gradients_are_those_of_an_embedding_bag(bags: list[list[int]]) -> None:
    """Also of empty bags, and of rows that a bag has twice."""
    torch.manual_seed(0)
    table = torch.randn(TABLE, 3, requires_grad=True)
    weights = torch.rand(TABLE)
    rows = torch.tensor([row for bag in bags for row in bag], dtype=torch.int64)
    offsets = torch.tensor([0, *map(len, bags)]).cumsum(0)[:-1]
    upstream = torch.randn(len(bags), 3)

    ours = bag_sum(table, rows, offsets, weights)
    known = functional.embedding_bag(
        rows, table, offsets, mode="sum", per_sample_weights=weights[rows], sparse=True
    )

    assert torch.equal(ours, known)
    found = gradient(ours, upstream, table)
    assert found.is_coalesced()
    assert found.indices()[0].tolist() == sorted({row for bag in bags for row in bag})
    expected = gradient(known, upstream, table).to_dense()
    assert torch.allclose(found.to_dense(), expected, atol=1e-6)


def test_the_gradient_of_a_row_worked_out_by_hand() -> None:
    """Row 2 is in the first bag twice and in the last once; its weight is 0.5."""
    table = torch.zeros(3, 2, requires_grad=True)
    rows, offsets = torch.tensor([2, 2, 0, 2]), torch.tensor([0, 2, 3])
    upstream = torch.tensor([[1.0, 2.0], [10.0, 20.0], [100.0, 200.0]])

    summed = bag_sum(table, rows, offsets, torch.tensor([1.0, 1.0, 0.5]))
    found = gradient(summed, upstream, table)

    assert found.indices().tolist() == [[0, 2]]
    assert found.values().tolist() == [[10.0, 20.0], [51.0, 102.0]]


@pytest.mark.parametrize("threads", [1, 2])
def test_any_number_of_threads_adds_in_the_same_order(threads: int) -> None:
    torch.manual_seed(0)
    table = torch.randn(500, 64, requires_grad=True)
    rows, offsets = torch.randint(0, 500, (20_000,)), torch.arange(0, 20_000, 50)
    upstream = torch.randn(400, 64)
    weights = torch.ones(500)

    one = gradient(bag_sum(table, rows, offsets, weights), upstream, table).values()
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        several = gradient(bag_sum(table, rows, offsets, weights), upstream, table).values()
    finally:
        torch.set_num_threads(before)

    assert torch.equal(one, several)
