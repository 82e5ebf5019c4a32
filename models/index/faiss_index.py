"""What all FAISS indexes share: rows, ordering, removal, and the files."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import faiss
import numpy as np
import numpy.typing as npt

from models.encoder import FloatMatrix
from models.errors import DataError
from models.index.base import SCORE_DECIMALS, Neighbours, Rows
from models.index.ranking import NO_ROW, first, ranked, settled
from models.index.threads import one_thread

INDEX_FILE = "index.faiss"
ROWS_FILE = "rows.npy"
DESCRIPTION_FILE = "index.json"

# Looked at beyond k, so that ties at the k-th place are seen without a second search.
EXTRA = 8
# Ties among more products than this are not worth a look at all of them.
TIES_UP_TO = 1_024
# Up to one micro-batch is searched on one core; evaluation over thousands of queries is not.
ONE_THREAD_UP_TO = 64
# Bounds the memory of one search call.
QUERIES_AT_ONCE = 256


class FaissIndex(ABC):
    """Maps catalogue rows to FAISS positions; subclasses say how FAISS is asked.

    Position i of the FAISS index holds the vector of row `_row_at[i]`, or of a removed row (-1).
    Nothing about a search is kept in the FAISS object: parameters are passed with each call.
    """

    kind: ClassVar[str]

    def __init__(self, index: faiss.Index, row_at: Rows | None = None) -> None:
        """Wrap a FAISS index whose position i holds the vector of row `row_at[i]`."""
        self._index = index
        self._row_at = np.empty(0, dtype=np.int64) if row_at is None else row_at
        self._position_of: Rows | None = None

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return int(self._index.d)

    @property
    def rows(self) -> Rows:
        """Return the rows that are present, ascending."""
        return np.sort(self._row_at[self._row_at >= 0])

    @property
    @abstractmethod
    def parameters(self) -> Mapping[str, float]:
        """Return what is passed to FAISS with each search."""

    @abstractmethod
    def _nearest(self, vectors: FloatMatrix, count: int) -> tuple[FloatMatrix, Rows]:
        """Return scores and positions, (queries, count); position -1 where there are fewer."""

    def __len__(self) -> int:
        return int(np.count_nonzero(self._row_at >= 0))

    def add(self, rows: Rows, vectors: FloatMatrix) -> None:
        """Add vectors under these rows; raise DataError when a row is already present."""
        added = np.asarray(rows, dtype=np.int64)
        checked = self._checked(vectors)
        if added.shape != (len(checked),):
            raise DataError(f"{added.size} rows were given for {len(checked)} vectors")
        self._refuse_present(added)
        self._index.add(checked)
        self._row_at = np.concatenate([self._row_at, added])
        self._position_of = None

    def remove(self, rows: Rows) -> int:
        """Remove rows and return how many were present."""
        gone = np.isin(self._row_at, np.asarray(rows, dtype=np.int64)) & (self._row_at >= 0)
        self._forget(gone)
        self._position_of = None
        return int(np.count_nonzero(gone))

    def search(self, vectors: FloatMatrix, k: int) -> Neighbours:
        """Return the k nearest rows of each vector; raise DataError on a wrong shape."""
        if k < 1:
            raise DataError(f"k must be at least 1, not {k}")
        checked = self._checked(vectors)
        if len(checked) <= ONE_THREAD_UP_TO:
            with one_thread():
                return self._search(checked, k)
        starts = range(0, len(checked), QUERIES_AT_ONCE)
        parts = [self._search(checked[start : start + QUERIES_AT_ONCE], k) for start in starts]
        return Neighbours(
            np.concatenate([part.scores for part in parts]),
            np.concatenate([part.rows for part in parts]),
        )

    def scores(self, vectors: FloatMatrix, rows: Rows) -> FloatMatrix:
        """Return the cosine (n,) of vector i (n, d) with row i (n,), rounded; -inf where absent."""
        checked = self._checked(vectors)
        positions = self._positions(rows)
        present = np.flatnonzero(positions >= 0)
        scores = np.full(len(rows), -np.inf, dtype=np.float32)
        if len(present):
            stored = self._index.reconstruct_batch(positions[present])
            exact = np.einsum("ij,ij->i", checked[present], stored)
            scores[present] = np.round(exact, SCORE_DECIMALS)
        return scores

    def save(self, directory: Path) -> None:
        """Write the index into an existing directory; raise OSError when that fails."""
        # FAISS's own file writer does not report a failed close, Python's does.
        (directory / INDEX_FILE).write_bytes(faiss.serialize_index(self._index).data)
        np.save(directory / ROWS_FILE, self._row_at, allow_pickle=False)
        description = {
            "kind": self.kind,
            "products": len(self),
            "dimension": self.dimension,
            "parameters": dict(self.parameters),
        }
        (directory / DESCRIPTION_FILE).write_text(json.dumps(description, indent=2) + "\n")

    def _positions(self, rows: Rows) -> Rows:
        """Return the FAISS position of each row, -1 where it is absent."""
        if self._position_of is None:
            there = np.flatnonzero(self._row_at >= 0)
            found = np.full(int(self._row_at.max(initial=NO_ROW)) + 2, NO_ROW, dtype=np.int64)
            found[self._row_at[there]] = there
            self._position_of = found
        # Rows beyond those that ever were end at the last entry, which is no position.
        return self._position_of[np.minimum(rows, len(self._position_of) - 1)]

    def _search(self, vectors: FloatMatrix, k: int) -> Neighbours:
        """Look a little beyond k, and further only for the queries where that may matter."""
        positions = len(self._row_at)
        count = min(k + EXTRA, positions)
        found = self._ranked(vectors, count)
        result = first(found, k)
        # Every product is as near to a zero vector (a text without a known feature).
        zero = ~vectors.any(axis=1)
        if zero.any():
            result.scores[zero], result.rows[zero] = self._all_tied(k)
        unsettled = np.flatnonzero(~settled(found, k) & ~zero)
        while count < positions and len(unsettled):
            count = min(2 * count, positions)
            found = self._ranked(vectors[unsettled], count)
            wider = first(found, k)
            result.scores[unsettled], result.rows[unsettled] = wider.scores, wider.rows
            unsettled = unsettled[~settled(found, k, ties=count < TIES_UP_TO)]
        return result

    def _all_tied(self, k: int) -> tuple[FloatMatrix, Rows]:
        """Return what is found when all scores are zero: the smallest rows."""
        rows = np.full(k, NO_ROW, dtype=np.int64)
        smallest = self.rows[:k]
        rows[: len(smallest)] = smallest
        return np.where(rows < 0, -np.inf, 0.0).astype(np.float32), rows

    def _ranked(self, vectors: FloatMatrix, count: int) -> Neighbours:
        if count == 0:
            nothing = (len(vectors), 0)
            return Neighbours(np.empty(nothing, np.float32), np.empty(nothing, np.int64))
        scores, positions = self._nearest(vectors, count)
        rows = np.where(positions < 0, NO_ROW, self._row_at[positions])
        return ranked(scores, rows)

    def _forget(self, gone: npt.NDArray[np.bool_]) -> None:
        """Make these positions unfindable; here by leaving the vectors where they are."""
        self._row_at = np.where(gone, NO_ROW, self._row_at)

    def _refuse_present(self, added: Rows) -> None:
        if np.any(added < 0):
            raise DataError(f"a row must not be negative: {int(added.min())}")
        values, counts = np.unique(added, return_counts=True)
        if np.any(counts > 1):
            raise DataError(f"row {int(values[counts > 1][0])} was given twice")
        present = np.intersect1d(values, self._row_at)
        if len(present):
            raise DataError(f"row {int(present[0])} is already in the index; remove it first")

    def _checked(self, vectors: FloatMatrix) -> FloatMatrix:
        if vectors.ndim != 2 or vectors.shape[1] != self.dimension:
            raise DataError(
                f"vectors have shape {vectors.shape}, but the index needs (n, {self.dimension})"
            )
        if not np.isfinite(vectors).all():
            raise DataError("vectors contain a value that is not finite")
        return np.ascontiguousarray(vectors, dtype=np.float32)
