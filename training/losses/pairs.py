"""The pair representation of ALC (arXiv 2510.04551)."""

from __future__ import annotations

import torch
from torch import Tensor


def pair_features(queries: Tensor, labels: Tensor) -> Tensor:
    """Return [q; l; |q - l|; q * l], of shape (..., 4 d), for inputs of shape (..., d)."""
    shape = torch.broadcast_shapes(queries.shape, labels.shape)
    queries, labels = queries.expand(shape), labels.expand(shape)
    return torch.cat([queries, labels, (queries - labels).abs(), queries * labels], dim=-1)
