"""Dropout from two random bytes a number: torch's own draw takes longer than a layer's product."""

from __future__ import annotations

import torch
from torch import Tensor

_BITS = 16
_LOWEST = -(2 ** (_BITS - 1))


def dropout_mask(like: Tensor, share: float) -> Tensor:
    """Return a tensor shaped like this one: 0 for `share` of the numbers, elsewhere 1 / kept share.

    The share is rounded to a multiple of 2^-16. Draws from torch's generator of the device.
    """
    dropped = round(share * 2**_BITS)
    if dropped == 0:
        return torch.ones_like(like)
    words = torch.empty(-(-like.numel() // 4), dtype=torch.int64, device=like.device)
    random = words.random_(-(2**63), None).view(torch.int16)[: like.numel()]
    # 0 or 1 without a comparison, whose result would take three times as long to become floats.
    highest_dropped = _LOWEST + dropped - 1
    kept = random.clamp_(highest_dropped, highest_dropped + 1).sub_(highest_dropped).to(like.dtype)
    return kept.mul_(2**_BITS / (2**_BITS - dropped)).view(like.shape)


def plus_dropped(base: Tensor, added: Tensor, share: float) -> Tensor:
    """Return base + dropout(added)."""
    if share == 0:
        return base + added
    return torch.addcmul(base, added, dropout_mask(added, share))


def dropped(values: Tensor, share: float) -> Tensor:
    """Return dropout(values)."""
    return values if share == 0 else values * dropout_mask(values, share)
