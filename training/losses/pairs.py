"""The pair representation of ALC (arXiv 2510.04551)."""

from __future__ import annotations

import torch
from torch import Tensor


def pair_features(queries: Tensor, labels: Tensor) -> Tensor:
    """Return [q; l; |q - l|; q * l], of shape (..., 4 d), for labels of shape (..., d).

    `queries` has the same shape, or 1 where one query is paired with several labels.
    """
    queries = queries.expand_as(labels)
    return torch.cat([queries, labels, (queries - labels).abs(), queries * labels], dim=-1)
