from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.losses.pair_linear import interactions, pair_linear


def pair_features(queries: Tensor, labels: Tensor) -> Tensor:
    """The representation of the paper (arXiv 2510.04551), of each query and its k labels."""
    queries = queries[:, None, :].expand_as(labels)
    return torch.cat([queries, labels, (queries - labels).abs(), queries * labels], dim=-1)


def example(seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Seventy queries, more than are computed at once, with three of nine labels each."""
    torch.manual_seed(seed)
    queries, labels = torch.randn(70, 8), torch.randn(9, 8)
    return queries.requires_grad_(), labels.requires_grad_(), torch.randint(0, 9, (70, 3))


def test_four_blocks_in_the_order_of_the_paper() -> None:
    """The weights 1, 10, 100, 1000 tell the blocks apart: (1, -2) with (3, 4)."""
    layer = nn.Linear(8, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.cat([10.0**i * torch.eye(2) for i in range(4)], dim=1))
        layer.bias.copy_(torch.tensor([0.5, 0.25]))

    found = pair_linear(
        layer,
        torch.tensor([[1.0, -2.0]]),
        torch.tensor([[9.0, 9.0], [3.0, 4.0]]),
        torch.ones(1, 1).int(),
    )

    assert found.tolist() == [[[1 + 30 + 200 + 3000 + 0.5, -2 + 40 + 600 - 8000 + 0.25]]]


def test_a_layer_of_two_blocks_has_the_distance_and_the_product() -> None:
    layer = nn.Linear(4, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.cat([torch.eye(2), 10.0 * torch.eye(2)], dim=1))
        layer.bias.copy_(torch.tensor([0.5, 0.25]))

    found = pair_linear(
        layer, torch.tensor([[1.0, -2.0]]), torch.tensor([[3.0, 4.0]]), torch.zeros(1, 1).int()
    )

    assert found.tolist() == [[[2 + 30 + 0.5, 6 - 80 + 0.25]]]


@pytest.mark.parametrize("blocks", [4, 2])
def test_values_and_gradients_are_those_of_the_layer_on_whole_features(blocks: int) -> None:
    queries, labels, columns = example()
    layer = nn.Linear(blocks * 8, 5)
    upstream = torch.randn(70, 3, 5)
    inputs = [queries, labels, layer.weight, layer.bias]

    ours = pair_linear(layer, queries, labels, columns)
    known = layer(pair_features(queries, labels[columns])[..., -blocks * 8 :])

    assert torch.allclose(ours, known, atol=1e-5)
    for found, expected in zip(
        torch.autograd.grad(ours, inputs, upstream),
        torch.autograd.grad(known, inputs, upstream),
        strict=True,
    ):
        assert torch.allclose(found, expected, rtol=1e-5, atol=1e-4)


def test_interactions_have_the_gradients_of_finite_differences() -> None:
    queries, labels, columns = (part[:3] if i < 1 else part for i, part in enumerate(example()))
    both = [part.detach().double().requires_grad_() for part in (queries, labels)]

    assert torch.autograd.gradcheck(
        lambda query, label: interactions(query, label, columns[:3]), both
    )


def test_where_both_are_equal_the_difference_has_no_gradient() -> None:
    """As autograd has it: the slope of |x| at 0 counts 0."""
    query = torch.ones(1, 2, requires_grad=True)
    label = torch.ones(1, 2, requires_grad=True)

    both = interactions(query, label, torch.zeros(1, 1, dtype=torch.int64))
    (gradient,) = torch.autograd.grad(both[..., :2].sum(), query)

    assert gradient.tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize("threads", [1, 2])
def test_any_number_of_threads_adds_in_the_same_order(threads: int) -> None:
    queries, labels, columns = example()

    def gradient() -> Tensor:
        both = functional.gelu(interactions(queries, labels, columns)).sum()
        return torch.autograd.grad(both, labels)[0]

    alone = gradient()
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        assert torch.equal(gradient(), alone)
    finally:
        torch.set_num_threads(before)
