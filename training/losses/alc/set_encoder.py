"""A transformer encoder layer over many small sets, such as the candidates of each query.

torch's own spends much of its time on a softmax made for long rows, on drawing random numbers for
dropout, and on moving tokens before the rest of the batch.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from training.losses.alc.dropout import dropped, plus_dropped


def encode_sets(layer: nn.TransformerEncoderLayer, tokens: Tensor, exists: Tensor) -> Tensor:
    """Return layer(tokens, src_key_padding_mask=~exists), (B, k, d), by other random numbers.

    The layer normalises after each part, has GELU and `batch_first`. `exists` (B, k) has a True
    in each row.
    """
    share = layer.dropout.p if layer.training else 0.0
    mixed = layer.norm1(
        plus_dropped(tokens, _attend(layer.self_attn, tokens, exists, share), share)
    )
    hidden = dropped(functional.gelu(layer.linear1(mixed)), share)
    encoded: Tensor = layer.norm2(plus_dropped(mixed, layer.linear2(hidden), share))
    return encoded


def _attend(
    attention: nn.MultiheadAttention, tokens: Tensor, exists: Tensor, share: float
) -> Tensor:
    sets, size, width = tokens.shape
    heads = attention.num_heads
    projected = functional.linear(tokens, attention.in_proj_weight, attention.in_proj_bias)
    by_head = projected.view(sets, size, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
    queries, keys, values = by_head.reshape(3, sets * heads, size, width // heads).unbind()
    logits = queries @ keys.mT * (width // heads) ** -0.5
    if not bool(exists.all()):
        absent = ~exists.repeat_interleave(heads, dim=0)
        logits = logits.masked_fill(absent[:, None, :], -torch.inf)
    seen = dropped(short_softmax(logits), share) @ values
    joined = seen.view(sets, heads, size, -1).transpose(1, 2).reshape(tokens.shape)
    attended: Tensor = attention.out_proj(joined)
    return attended


def short_softmax(logits: Tensor) -> Tensor:
    """Return the softmax over the last dimension; faster than torch's where that is short."""
    found: Tensor = _ShortSoftmax.apply(logits)  # type: ignore[no-untyped-call]
    return found


class _ShortSoftmax(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401 - what torch lets a function keep has no type
        logits: Tensor,
    ) -> Tensor:
        shares = (logits - logits.amax(dim=-1, keepdim=True)).exp_()
        shares.div_(shares.sum(dim=-1, keepdim=True))
        ctx.save_for_backward(shares)
        return shares

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any,  # noqa: ANN401
        gradient: Tensor,
    ) -> Tensor:
        (shares,) = ctx.saved_tensors
        weighted = shares * gradient
        found: Tensor = weighted.addcmul_(shares, weighted.sum(dim=-1, keepdim=True), value=-1)
        return found
