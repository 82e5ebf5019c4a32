"""The interface of every index."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.encoder import FloatMatrix


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Cosines and catalogue rows, both (queries, k), best first, ties broken by the smaller row.

    Where fewer than k products exist, the row is -1 and the score is -inf.
    """

    scores: FloatMatrix
    rows: npt.NDArray[np.int64]


class VectorIndex(Protocol):
    """Maximum inner product search over unit vectors, addressed by catalogue row."""

    def __len__(self) -> int: ...

    def add(self, rows: npt.NDArray[np.int64], vectors: FloatMatrix) -> None:
        """Add vectors under these rows; raise DataError when a row is already present."""
        ...

    def remove(self, rows: npt.NDArray[np.int64]) -> int:
        """Remove rows and return how many were present."""
        ...

    def search(self, vectors: FloatMatrix, k: int) -> Neighbours:
        """Return the k nearest rows of each vector."""
        ...

    def save(self, directory: Path) -> None:
        """Write the index into an existing directory."""
        ...
