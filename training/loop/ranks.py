"""How the processes of a run share the work of a step."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor, nn

from training.encoders.base import EncoderModule


class Ranks(Protocol):
    """One process of `count`; each embeds its share of a batch's texts, all see all embeddings.

    Every method but the properties must be called by all processes, in the same order.
    """

    @property
    def rank(self) -> int:
        """Return the number of this process, from 0."""
        ...

    @property
    def count(self) -> int:
        """Return the number of processes."""
        ...

    def wrap(self, encoder: EncoderModule) -> nn.Module:
        """Return the encoder as called in training, with the weights of the first rank.

        The gradients of its dense parameters are then averaged over the ranks.
        """
        ...

    def gather(self, own: Tensor, rows: int) -> Tensor:
        """Return the embeddings (rows, d) of all ranks in order; `own` are this rank's `share`."""
        ...

    def average_sparse_gradients(self, encoder: EncoderModule) -> None:
        """Average over the ranks the gradients that `wrap` leaves alone."""
        ...

    def agree(self, *modules: nn.Module) -> None:
        """Give every rank the state of the first."""
        ...

    def of_the_first(self, values: Tensor) -> Tensor:
        """Return the first rank's values; those of the others have the same shape and type."""
        ...

    def wait(self) -> None:
        """Return when every rank has come this far."""
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

    def average_sparse_gradients(self, encoder: EncoderModule) -> None:
        """Leave them as they are."""

    def agree(self, *modules: nn.Module) -> None:
        """Leave them as they are."""

    def of_the_first(self, values: Tensor) -> Tensor:
        return values

    def wait(self) -> None:
        """Wait for nobody."""


def share(rows: int, rank: int, count: int) -> slice:
    """Return the part of `rows` rows that this rank embeds; parts differ by at most one row."""
    return slice(rank * rows // count, (rank + 1) * rows // count)
