"""What the training loop asks of an encoder."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from models.encoder import Encoder

Rows = npt.NDArray[np.int64]
Inputs = tuple[Tensor, ...]


class TextStore(Protocol):
    """The texts of a run, read once and kept as the encoder's inputs; row i is text i."""

    def __len__(self) -> int:
        """Return the number of texts."""
        ...

    @property
    def cut(self) -> int | None:
        """Return how many texts are read without their end; None where none can be."""
        ...

    def select(self, rows: Rows) -> Inputs:
        """Return what `EncoderModule.forward` takes for these texts, in this order."""
        ...


@dataclass(frozen=True, slots=True)
class ParameterGroup:
    """Parameters that are updated alike.

    `sparse` ones have gradients for the rows of a batch only and no weight decay.
    """

    parameters: tuple[nn.Parameter, ...]
    learning_rate: float
    weight_decay: float = 0.0
    sparse: bool = False


class EncoderModule(nn.Module, ABC):
    """A trainable encoder; queries and products share it."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Return the length of an embedding."""

    @abstractmethod
    def forward(self, *inputs: Tensor) -> Tensor:
        """Return raw embeddings (texts, dimension), float32; the caller makes them unit vectors."""

    @abstractmethod
    def parameter_groups(self) -> tuple[ParameterGroup, ...]:
        """Return all trainable parameters, each in one group."""

    @abstractmethod
    def export(self) -> Encoder:
        """Return the encoder under the present weights in the service's runtime."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """An encoder before training, the texts that it will be trained on, and how to read others."""

    encoder: EncoderModule
    texts: TextStore
    read: Callable[[Sequence[str]], TextStore]
