"""The buckets an encoder knows, and how much each counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.ngram.features import BUCKETS, Bags


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Used buckets, ascending, with the inverse document frequency of each."""

    buckets: npt.NDArray[np.int64]
    idf: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.buckets)

    def rows(self, bags: Bags) -> Bags:
        """Return the bags as rows of the embedding table; features never seen are left out."""
        known = np.full(BUCKETS, -1, dtype=np.int64)
        known[self.buckets] = np.arange(len(self.buckets))
        rows = known[bags.buckets]
        kept = np.concatenate(([0], np.cumsum(rows >= 0)))
        return Bags(rows[rows >= 0], kept[bags.offsets])


def build_vocabulary(bags: Bags) -> Vocabulary:
    """Return the buckets that occur, with idf = ln((1 + N) / (1 + df)) + 1 over the N texts."""
    texts = np.repeat(np.arange(len(bags)), np.diff(bags.offsets))
    pairs = np.unique(texts * BUCKETS + bags.buckets)
    document_frequency = np.bincount(pairs % BUCKETS, minlength=BUCKETS)
    used = np.flatnonzero(document_frequency)
    idf = np.log((1 + len(bags)) / (1 + document_frequency[used])) + 1
    return Vocabulary(used.astype(np.int64), idf.astype(np.float32))
