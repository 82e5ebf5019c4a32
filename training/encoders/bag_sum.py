"""Sums of weighted table rows whose gradient names each used row once.

`embedding_bag(sparse=True)` has one gradient row for each feature of each text, six times as many
as there are distinct features in a batch, which an optimiser then has to sort and add up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy import sparse
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional


def bag_sum(table: Tensor, rows: Tensor, offsets: Tensor, weights: Tensor) -> Tensor:
    """Return sum over the rows r of each bag of weights[r] * table[r], (bags, d).

    `rows` is flat, `offsets` (bags,) is where each bag starts; `weights` (len(table),) belongs to
    the rows of the table and gets no gradient. That of the table is sparse and coalesced, the sums
    in it are added in the order of the bags, on any number of threads.
    """
    summed: Tensor = _BagSum.apply(table, rows, offsets, weights)  # type: ignore[no-untyped-call]
    return summed


class _BagSum(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401 - what torch lets a function keep has no type
        table: Tensor,
        rows: Tensor,
        offsets: Tensor,
        weights: Tensor,
    ) -> Tensor:
        ctx.save_for_backward(rows, offsets, weights)
        ctx.shape = table.shape
        return functional.embedding_bag(
            rows, table, offsets, mode="sum", per_sample_weights=weights[rows]
        )

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any,  # noqa: ANN401
        gradient: Tensor,
    ) -> tuple[Tensor, None, None, None]:
        rows, offsets, weights = ctx.saved_tensors
        used, starts, bags = users_of_rows(rows, offsets, ctx.shape[0])
        each = weights[used].repeat_interleave(starts.diff(append=starts.new_tensor([len(bags)])))
        # Of each used row, the sum of the gradients of its bags: a sum over a bag of bags.
        values = functional.embedding_bag(
            bags, gradient.contiguous(), starts, mode="sum", per_sample_weights=each
        )
        found = torch.sparse_coo_tensor(
            used[None], values, ctx.shape, is_coalesced=True, check_invariants=False
        )
        return found, None, None, None


def users_of_rows(rows: Tensor, offsets: Tensor, table: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the used rows, ascending, and the bags that use each, ascending: the transpose.

    Bags are flat, with the place where those of each used row start. A bag that has a row twice is
    listed twice. `table` is the number of rows that there are.
    """
    used = torch.zeros(table, dtype=torch.bool, device=rows.device)
    used[rows] = True
    distinct = used.nonzero().flatten()
    place = torch.empty(table, dtype=torch.int32, device=rows.device)
    place[distinct] = torch.arange(len(distinct), dtype=torch.int32, device=rows.device)
    starts, bags = _transposed(place[rows], offsets, len(distinct))
    return distinct, starts, bags


def _transposed(columns: Tensor, offsets: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """Transpose a sparse pattern by counting, which is an order faster than by sorting."""
    pointers = np.append(offsets.cpu().numpy(), len(columns)).astype(np.int32)
    ones = np.ones(len(columns), dtype=np.int8)
    bags = sparse.csr_array((ones, columns.cpu().numpy(), pointers), (len(offsets), width)).tocsc()
    starts = torch.from_numpy(bags.indptr[:-1]).to(offsets)
    return starts, torch.from_numpy(bags.indices).to(offsets)
