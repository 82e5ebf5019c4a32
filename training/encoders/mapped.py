"""The features of all texts of a run in a file that is mapped into memory.

A million texts have some hundred million features. They are read at random, a batch at a time, so
the file may be larger than the memory: what is not needed leaves it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.ngram.features import Bags, bags
from models.ngram.vocabulary import Vocabulary
from training.encoders.scratch import nameless_file

HASHED_AT_ONCE = 1_000
RENUMBERED_AT_ONCE = 2**22


def hash_texts(
    texts: Sequence[str],
    on_texts: Callable[[int, int], None] | None = None,
    directory: Path | None = None,
) -> Bags:
    """Return the features of the texts as 32-bit buckets, mapped.

    They are kept in a `nameless_file` of the directory, four bytes for each feature. `on_texts` is
    told how many texts are hashed, and of how many. Raises what `nameless_file` raises.
    """
    lengths = [np.zeros(1, dtype=np.int64)]
    with nameless_file(directory) as file:
        for start in range(0, len(texts), HASHED_AT_ONCE):
            part = bags(texts[start : start + HASHED_AT_ONCE])
            file.write(part.buckets.astype(np.int32).data)
            lengths.append(np.diff(part.offsets))
            if on_texts is not None:
                on_texts(start + len(part), len(texts))
        file.flush()
        offsets = np.cumsum(np.concatenate(lengths))
        return Bags(_mapped(file.fileno(), int(offsets[-1])), offsets)


def renumber(hashed: Bags, vocabulary: Vocabulary) -> Bags:
    """Replace buckets by rows of the embedding table, in place, and return the same bags.

    The vocabulary must have been built from these bags.
    """
    numbers, buckets = vocabulary.numbers(), hashed.buckets
    for start in range(0, len(buckets), RENUMBERED_AT_ONCE):
        part = buckets[start : start + RENUMBERED_AT_ONCE]
        part[:] = numbers[part]
    return hashed


def _mapped(descriptor: int, features: int) -> npt.NDArray[np.int32]:
    if features == 0:
        return np.empty(0, dtype=np.int32)  # nothing cannot be mapped
    with open(descriptor, "r+b", closefd=False) as file:
        mapped = np.memmap(file, dtype=np.int32, mode="r+", shape=(features,))
    # As a plain array: every selection from a memmap would pay for being one.
    return np.asarray(mapped)
