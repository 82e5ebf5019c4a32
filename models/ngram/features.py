"""Texts to hashed features: words, word bigrams and character 3-5-grams inside words.

Every feature is one of `BUCKETS` buckets; two features may share one. The hash is CRC-32 with a
starting value per kind of feature, so that it is the same on every machine and Python version.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from models.text import words

BUCKETS = 2**18
CHARACTER_LENGTHS = (3, 4, 5)
WORD_SEED, BIGRAM_SEED, CHARACTER_SEED = 1, 2, 3
CACHED_WORDS = 2**17

_MASK = BUCKETS - 1

Buckets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bags:
    """Features of several texts: text i has `buckets[offsets[i]:offsets[i + 1]]`."""

    buckets: npt.NDArray[np.integer[Any]]
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1


def bucket(feature: str, seed: int) -> int:
    """Return the bucket of one feature, 0 <= bucket < BUCKETS."""
    return zlib.crc32(feature.encode("utf-8", "surrogatepass"), seed) & _MASK


@lru_cache(maxsize=CACHED_WORDS)
def _word_buckets(word: str) -> Buckets:
    marked = f"<{word}>"
    grams = (
        marked[start : start + length]
        for length in CHARACTER_LENGTHS
        for start in range(len(marked) - length + 1)
    )
    found = [bucket(word, WORD_SEED)]
    found.extend(bucket(gram, CHARACTER_SEED) for gram in grams)
    return np.array(found, dtype=np.int64)


@lru_cache(maxsize=CACHED_WORDS)
def _bigram_bucket(first: str, second: str) -> int:
    return bucket(f"{first} {second}", BIGRAM_SEED)


def text_buckets(text: str) -> Buckets:
    """Return the buckets of one text, repeated as often as the feature occurs; maybe empty."""
    found = words(text)
    if not found:
        return np.empty(0, dtype=np.int64)
    bigrams = [_bigram_bucket(first, second) for first, second in pairwise(found)]
    parts = [_word_buckets(word) for word in found]
    parts.append(np.array(bigrams, dtype=np.int64))
    return np.concatenate(parts)


def bags(texts: Sequence[str]) -> Bags:
    """Return the features of each text."""
    parts = [text_buckets(text) for text in texts]
    offsets = np.zeros(len(parts) + 1, dtype=np.int64)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    empty = [np.empty(0, dtype=np.int64)]
    return Bags(np.concatenate(parts or empty), offsets)
