"""The interface of every index."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.encoder import FloatMatrix

Rows = npt.NDArray[np.int64]
SCORE_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Cosines and catalogue rows, both (queries, k), best first, ties broken by the smaller row.

    Where fewer than k products exist, the row is -1 and the score is -inf. Scores are rounded to
    `SCORE_DECIMALS` before they are ordered: the last float32 digits depend on how many queries
    share a matrix product, and neither a decision nor a rank must.

    Where a decider judged them, they are ordered by its `probabilities`, of the same shape: NaN for
    what it did not judge.
    """

    scores: FloatMatrix
    rows: Rows
    probabilities: FloatMatrix | None = None

    @property
    def deciding(self) -> FloatMatrix:
        """Return what thresholds are compared with: the probabilities, else the scores.

        What was not judged is below any threshold.
        """
        if self.probabilities is None:
            return self.scores
        return np.where(np.isnan(self.probabilities), np.float32(-np.inf), self.probabilities)


class VectorIndex(Protocol):
    """Maximum inner product search over unit vectors, addressed by catalogue row.

    Searches may run in several threads at once. `add` and `remove` must not run beside any other
    call.
    """

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        ...

    @property
    def rows(self) -> Rows:
        """Return the rows that are present, ascending."""
        ...

    def __len__(self) -> int: ...

    def add(self, rows: Rows, vectors: FloatMatrix) -> None:
        """Add vectors under these rows; raise DataError when a row is already present."""
        ...

    def remove(self, rows: Rows) -> int:
        """Remove rows and return how many were present."""
        ...

    def search(self, vectors: FloatMatrix, k: int) -> Neighbours:
        """Return the k nearest rows of each vector."""
        ...

    def scores(self, vectors: FloatMatrix, rows: Rows) -> FloatMatrix:
        """Return the cosine (n,) of vector i (n, d) with row i (n,), rounded; -inf where absent."""
        ...

    def save(self, directory: Path) -> None:
        """Write the index into an existing directory."""
        ...
