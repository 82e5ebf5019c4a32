"""The buckets an encoder knows, and how much each counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.ngram.features import BUCKETS, Bags

# Bounds the memory of counting; with 2^18 buckets, 2^13 texts would not fit 32 bits.
COUNTED_AT_ONCE = 2**12


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Used buckets, ascending, with the inverse document frequency of each."""

    buckets: npt.NDArray[np.int64]
    idf: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.buckets)

    def numbers(self) -> npt.NDArray[np.int32]:
        """Return the row of the embedding table of each bucket (BUCKETS,), -1 where unknown."""
        known = np.full(BUCKETS, -1, dtype=np.int32)
        known[self.buckets] = np.arange(len(self.buckets))
        return known

    def rows(self, bags: Bags) -> Bags:
        """Return the bags as rows of the embedding table; features never seen are left out."""
        rows = self.numbers()[bags.buckets]
        kept = np.concatenate(([0], np.cumsum(rows >= 0)))
        return Bags(rows[rows >= 0], kept[bags.offsets])


def build_vocabulary(bags: Bags) -> Vocabulary:
    """Return the buckets that occur, with idf = ln((1 + N) / (1 + df)) + 1 over the N texts."""
    document_frequency = np.zeros(BUCKETS, dtype=np.int64)
    for start in range(0, len(bags), COUNTED_AT_ONCE):
        document_frequency += _document_frequency(bags, start, start + COUNTED_AT_ONCE)
    used = np.flatnonzero(document_frequency)
    idf = np.log((1 + len(bags)) / (1 + document_frequency[used])) + 1
    return Vocabulary(used.astype(np.int64), idf.astype(np.float32))


def _document_frequency(bags: Bags, start: int, stop: int) -> npt.NDArray[np.int64]:
    """Return in how many of these texts each bucket (BUCKETS,) occurs."""
    offsets = bags.offsets[start : stop + 1]
    texts = np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))
    # Fits 32 bits, which sort several times as fast as 64.
    pairs = texts * np.int32(BUCKETS) + bags.buckets[offsets[0] : offsets[-1]].astype(np.int32)
    pairs.sort()
    first = np.ones(len(pairs), dtype=np.bool_)
    first[1:] = pairs[1:] != pairs[:-1]
    return np.bincount(pairs[first] % BUCKETS, minlength=BUCKETS)
