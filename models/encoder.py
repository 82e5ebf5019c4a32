"""The interface of every encoder that a bundle can carry, and what they share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

FloatMatrix = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


class Encoder(Protocol):
    """Texts to unit vectors; queries and products share one encoder."""

    @property
    def dimension(self) -> int:
        """Return the length of an embedding."""
        ...

    def encode(self, texts: Sequence[str]) -> FloatMatrix:
        """Return embeddings of shape (len(texts), dimension), float32, each row of unit length."""
        ...

    def truncated(self, texts: Sequence[str]) -> Flags:
        """Return which texts (len(texts),) are longer than what the embedding is made of."""
        ...

    def save(self, directory: Path) -> None:
        """Write the encoder's files into an existing directory."""
        ...


def unit_rows(vectors: FloatMatrix) -> FloatMatrix:
    """Return the rows of a matrix (n, d) at unit length; a row of zeros stays as it is."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    unit: FloatMatrix = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return unit
