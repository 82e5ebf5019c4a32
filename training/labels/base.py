"""What the training loop asks of a label representation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from training.data.dataset import Relevance
from training.encoders.base import ParameterGroup


@dataclass(frozen=True, slots=True, eq=False)
class LabelContext:
    """What a representation may know before training.

    `relevance` is that of the training queries; `titles` computes the raw embeddings (products,
    d) of all titles under the untrained encoder.
    """

    relevance: Relevance
    titles: Callable[[], Tensor]
    dimension: int
    seed: int


@dataclass(frozen=True)
class LabelEmbeddings:
    """Unit vectors (U, d) of U products.

    `final` is what is searched; `text` is that of the title alone. `raw` is `final` before it was
    made a unit vector.
    """

    final: Tensor
    text: Tensor
    raw: Tensor


class LabelModule(nn.Module, ABC):
    """Turns the raw embeddings of product titles into what is searched.

    `uses_queries` says that `refresh` matters; embeddings for it alone are then computed.
    """

    uses_queries: ClassVar[bool] = False

    @abstractmethod
    def forward(self, raw: Tensor, products: Tensor) -> LabelEmbeddings:
        """Return the embeddings of these product rows (U,); `raw` (U, d) are their titles'."""

    def parameter_groups(self) -> tuple[ParameterGroup, ...]:
        """Return all trainable parameters, each in one group."""
        return ()

    def observe(self, queries: Tensor, products: Tensor) -> None:
        """Take in what a step has seen: unit queries (B, d) and each one's sampled product (B,)."""

    def refresh(self, queries: Tensor) -> None:
        """Take in the unit embeddings (n, d) of all training queries, stored or fresh.

        Called before the first epoch, between epochs and after the last.
        """
