"""Free vectors that products with similar titles share (DEXA, Dahiya et al., KDD 2023)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.data.dataset import Rows
from training.encoders.base import ParameterGroup
from training.labels.base import LabelContext
from training.labels.settings import VectorTableSettings
from training.sampling.balanced import balanced_clusters


class VectorTable(nn.Module):
    """One trainable vector per cluster of products; which product has which never changes."""

    def __init__(self, context: LabelContext, settings: VectorTableSettings) -> None:
        super().__init__()
        self.settings = settings
        rows = vector_rows(context, settings)
        self.rows: Tensor
        self.register_buffer("rows", torch.from_numpy(rows))
        self.table = nn.Parameter(_start(int(rows.max()) + 1, context, settings.initial_scale))

    def forward(self, products: Tensor) -> Tensor:
        """Return the vectors (U, d) of these product rows."""
        return functional.embedding(self.rows[products], self.table, sparse=True)

    def parameter_groups(self) -> tuple[ParameterGroup, ...]:
        """Return the table, which has gradients for the products of a batch only."""
        return (ParameterGroup((self.table,), self.settings.learning_rate, sparse=True),)


def vector_rows(context: LabelContext, settings: VectorTableSettings) -> Rows:
    """Return, per product, the row of its vector.

    The products that most training queries name come first, one row each; those without a query
    have nothing to learn a vector of their own from and always share. The rest is clustered by
    title embedding with balanced 2-means.
    """
    named = np.bincount(context.relevance.indices, minlength=context.relevance.shape[1])
    most_named = np.argsort(-named, kind="stable")[: settings.private_vectors]
    private = most_named[named[most_named] > 0]
    rows = np.empty(len(named), np.int64)
    rows[private] = np.arange(len(private))
    shared = np.setdiff1d(np.arange(len(named)), private)
    for i, members in enumerate(_clusters(shared, context, settings.products_per_vector)):
        rows[members] = len(private) + i
    return rows


def _clusters(products: Rows, context: LabelContext, largest: int) -> list[Rows]:
    if not len(products):
        return []
    titles = context.titles()[torch.from_numpy(products)]
    unit = functional.normalize(titles, dim=1).cpu().numpy()
    generator = np.random.default_rng(context.seed)
    return [products[part] for part in balanced_clusters(unit, largest, generator)]


def _start(vectors: int, context: LabelContext, scale: float) -> Tensor:
    """Return uniform random vectors between plus and minus Xavier's bound times `scale`."""
    generator = torch.Generator().manual_seed(context.seed)
    bound: float = scale * (6 / (vectors + context.dimension)) ** 0.5
    return torch.empty(vectors, context.dimension).uniform_(-bound, bound, generator=generator)
