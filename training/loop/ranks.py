"""How the processes of a run share the work of a step."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn

from training.encoders.base import EncoderModule


class Ranks(Protocol):
    """One process of `count`; each embeds its share of a batch's texts, all see all embeddings."""

    @property
    def rank(self) -> int:
        """Return the number of this process, from 0."""
        ...

    @property
    def count(self) -> int:
        """Return the number of processes."""
        ...

    def wrap(self, encoder: EncoderModule) -> nn.Module:
        """Return the encoder as called in training; its dense gradients are then shared."""
        ...

    def gather(self, own: Tensor, rows: int) -> Tensor:
        """Return the embeddings (rows, d) of all ranks in order; `own` are this rank's."""
        ...

    def share_sparse_gradients(self, encoder: EncoderModule) -> None:
        """Sum over the ranks the gradients that `wrap` leaves alone."""
        ...

    def agree(self, *modules: nn.Module) -> None:
        """Give every rank the parameters and buffers of the first."""
        ...


class SingleRank:
    """The only process there is."""

    rank = 0
    count = 1

    def wrap(self, encoder: EncoderModule) -> nn.Module:
        return encoder

    def gather(self, own: Tensor, rows: int) -> Tensor:
        assert len(own) == rows
        return own.clone()

    def share_sparse_gradients(self, encoder: EncoderModule) -> None:
        """Leave them as they are."""

    def agree(self, *modules: nn.Module) -> None:
        """Leave them as they are."""


def share(rows: int, ranks: Ranks) -> slice:
    """Return the part of `rows` rows that this rank embeds; parts differ by at most one row."""
    bounds = torch.linspace(0, rows, ranks.count + 1).round().long().tolist()
    return slice(bounds[ranks.rank], bounds[ranks.rank + 1])
