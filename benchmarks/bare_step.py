"""The work of a training step that no implementation avoids: sums of embeddings and products."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models.errors import ConfigurationError
from training.data.dataset import Rows
from training.encoders.bag_sum import bag_sum
from training.encoders.ngram import NgramModule
from training.loop.embedder import Embedder
from training.losses.alc import AlcSettings

Shape = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class BareStep:
    """Sums of the features of a batch's texts, and every product of matrices of a step.

    Run both ways: forward, and backward to whatever has a gradient.
    """

    table: Tensor
    idf: Tensor
    rows: Tensor
    offsets: Tensor
    upstream: Tensor
    products: list[tuple[Tensor, Tensor, Tensor]]

    def sums(self) -> None:
        """Add up the embeddings of each text, and the gradients of each used row."""
        summed = bag_sum(self.table, self.rows, self.offsets, self.idf)
        torch.autograd.grad(summed, self.table, self.upstream)

    def multiply(self) -> None:
        """Compute each product and the products that are its gradients."""
        for rows, columns, gradient in self.products:
            rows @ columns
            gradient @ columns.mT
            rows.mT @ gradient


def bare_step(embedder: Embedder, texts: Rows, queries: int, alc: AlcSettings) -> BareStep:
    """Return the bare work of a step on these texts, of which the first are the queries."""
    encoder = embedder.encoder
    assert isinstance(encoder, NgramModule)
    rows, offsets = embedder.texts.select(texts)
    shapes = step_shapes(queries, len(texts) - queries, encoder.dimension, alc)
    return BareStep(
        encoder.table,
        encoder.idf,
        rows,
        offsets,
        torch.randn(len(texts), encoder.dimension),
        [
            _product(*shape)
            for shape in (*shapes, _prototype_shape(queries, encoder.dimension, alc))
        ],
    )


def step_shapes(queries: int, labels: int, dimension: int, alc: AlcSettings) -> list[Shape]:
    """Return (m, k, n) of the products (m, k) x (k, n) of a step with the head `batch_prototype`.

    Raises ConfigurationError for another head.
    """
    if alc.head != "batch_prototype":
        raise ConfigurationError(f"the products of the head {alc.head} are not listed here")
    return [
        (queries + labels, dimension, dimension),  # the residual layer
        (queries, dimension, labels),  # all cosines
        *_pair_shapes(queries, labels, 2 * queries, dimension),  # query-label
        *_pair_shapes(queries, labels + queries, 2 * queries, dimension),  # query-batch
    ]


def _pair_shapes(queries: int, labels: int, pairs: int, dimension: int) -> list[Shape]:
    ways = ((queries, dimension), (labels, dimension), (pairs, 2 * dimension))
    return [(rows, width, 2) for rows, width in ways]


def _prototype_shape(queries: int, dimension: int, alc: AlcSettings) -> tuple[int, int, int, int]:
    return (queries, 1, alc.negatives, dimension)


def _product(*shape: int) -> tuple[Tensor, Tensor, Tensor]:
    *batch, m, k, n = shape
    return torch.randn(*batch, m, k), torch.randn(*batch, k, n), torch.randn(*batch, m, n)
