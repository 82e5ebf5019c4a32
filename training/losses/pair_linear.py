"""A linear layer on pair representations, block by block."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

QUERIES_AT_ONCE = 32  # with 11 labels each of 256 numbers: stays in a processor's second cache


def pair_linear(layer: nn.Linear, queries: Tensor, labels: Tensor, columns: Tensor) -> Tensor:
    """Return layer(pair_features) of each query and its labels, (B, k, outputs).

    `queries` is (B, d), `labels` (U, d); `columns` (B, k) are each query's labels. Of the layer's
    four blocks, W [q; l; |q - l|; q * l] = W1 q + W2 l + W3 |q - l| + W4 (q * l), the first is
    multiplied once for each query and the second once for each label, not once for each pair. A
    layer of 2 d inputs has the last two blocks only.
    """
    dimension = queries.shape[1]
    if layer.in_features == 2 * dimension:
        return functional.linear(interactions(queries, labels, columns), layer.weight, layer.bias)
    query, label, both = torch.split(layer.weight, [dimension, dimension, 2 * dimension], dim=1)
    of_pairs = functional.linear(interactions(queries, labels, columns), both)
    of_queries = functional.linear(queries, query, layer.bias)
    of_labels = functional.linear(labels, label)
    return of_pairs.add_(of_queries[:, None]).add_(functional.embedding(columns, of_labels))


def interactions(queries: Tensor, labels: Tensor, columns: Tensor) -> Tensor:
    """Return [|q - l|; q * l], (B, k, 2 d), of each query (B, d) and its k columns of labels."""
    both: Tensor = _Interactions.apply(queries, labels, columns)  # type: ignore[no-untyped-call]
    return both


class _Interactions(torch.autograd.Function):
    """A few queries at a time, so that what is between stays in the cache and is not kept."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401 - what torch lets a function keep has no type
        queries: Tensor,
        labels: Tensor,
        columns: Tensor,
    ) -> Tensor:
        ctx.save_for_backward(queries, labels, columns)
        both = queries.new_empty(*columns.shape, 2 * queries.shape[1])
        for rows in _blocks(len(queries)):
            query, label = queries[rows, None], functional.embedding(columns[rows], labels)
            difference, product = both[rows].chunk(2, dim=-1)
            torch.sub(query, label, out=difference).abs_()
            torch.mul(query, label, out=product)
        return both

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any,  # noqa: ANN401
        gradient: Tensor,
    ) -> tuple[Tensor, Tensor, None]:
        queries, labels, columns = ctx.saved_tensors
        to_queries, to_labels = torch.empty_like(queries), torch.zeros_like(labels)
        for rows in _blocks(len(queries)):
            query, label = queries[rows, None], functional.embedding(columns[rows], labels)
            difference, product = gradient[rows].chunk(2, dim=-1)
            away = (query - label).sign_().mul_(difference)
            to_pairs = torch.mul(product, query).sub_(away).flatten(0, 1)
            to_labels.index_add_(0, columns[rows].flatten(), to_pairs)
            torch.sum(away.addcmul_(product, label), dim=1, out=to_queries[rows])
        return to_queries, to_labels, None


def _blocks(count: int) -> list[slice]:
    return [slice(start, start + QUERIES_AT_ONCE) for start in range(0, count, QUERIES_AT_ONCE)]
