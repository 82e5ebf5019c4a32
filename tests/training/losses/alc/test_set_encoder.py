from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from training.losses.alc.set_encoder import encode_sets, short_softmax


def layer(dropout: float = 0.0) -> nn.TransformerEncoderLayer:
    torch.manual_seed(0)
    return nn.TransformerEncoderLayer(16, 4, 12, dropout, activation="gelu", batch_first=True)


def sets(missing: int) -> tuple[Tensor, Tensor]:
    """Six sets of five tokens; the last `missing` tokens of one of them do not exist."""
    torch.manual_seed(1)
    exists = torch.ones(6, 5, dtype=torch.bool)
    exists[2, 5 - missing :] = False
    return torch.randn(6, 5, 16, requires_grad=True), exists


@pytest.mark.parametrize("missing", [0, 1, 4])
def test_values_and_gradients_are_those_of_torch(missing: int) -> None:
    one, (tokens, exists) = layer(), sets(missing)
    upstream = torch.randn(6, 5, 16) * exists[..., None]
    inputs = [tokens, *one.parameters()]

    ours = encode_sets(one, tokens, exists)
    known = one(tokens, src_key_padding_mask=~exists)

    assert torch.allclose(ours[exists], known[exists], atol=1e-5)
    for found, expected in zip(
        torch.autograd.grad(ours, inputs, upstream),
        torch.autograd.grad(known, inputs, upstream),
        strict=True,
    ):
        assert torch.allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_dropout_is_drawn_in_training_only() -> None:
    one, (tokens, exists) = layer(dropout=0.5), sets(0)
    without = encode_sets(layer(), tokens, exists)

    first, second = (encode_sets(one, tokens, exists) for _ in range(2))
    one.eval()

    assert not torch.allclose(first, second)
    assert torch.equal(encode_sets(one, tokens, exists), without)


def test_the_mean_over_dropouts_is_near_the_value_without() -> None:
    """Each of the four places keeps its mean; one that did not would move the output by itself."""
    one, (tokens, exists) = layer(dropout=0.1), sets(0)
    without = encode_sets(layer(), tokens, exists)

    mean = torch.stack([encode_sets(one, tokens, exists).detach() for _ in range(300)]).mean(dim=0)

    assert torch.allclose(mean, without, atol=0.15)


def test_softmax_of_large_numbers_and_of_missing_ones() -> None:
    logits = torch.tensor([[1000.0, 1000.0, -torch.inf], [-1000.0, -1001.0, -1000.0]])

    assert torch.allclose(short_softmax(logits), logits.softmax(dim=1))


def test_softmax_has_the_gradient_of_finite_differences() -> None:
    torch.manual_seed(0)

    assert torch.autograd.gradcheck(short_softmax, torch.randn(4, 3).double().requires_grad_())
