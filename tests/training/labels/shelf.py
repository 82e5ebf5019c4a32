"""A catalogue small enough to work out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from training.data.dataset import relevance_matrix
from training.labels.base import LabelContext

# Two pairs of products with nearly the same title, and one that is like the first pair.
TITLES = torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 0.1], [0.1, 1.0], [1.0, 0.3]])


def shelf(
    products_of: Sequence[Sequence[int]] = ((0,), (1,), (2,), (3,), (4,)),
    titles: torch.Tensor = TITLES,
    seed: int = 0,
) -> LabelContext:
    """Return products with these raw title embeddings; query i has the products `products_of[i]`"""
    relevance = relevance_matrix(products_of, len(titles))
    return LabelContext(relevance, lambda: titles, titles.shape[1], seed)
