"""Which products have a word in their title."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Self

import numpy as np
import numpy.typing as npt

from models.text import words

NOT_AT_ALL, INSIDE, AT_START, WHOLE = 0, 1, 2, 3
"""How a word occurs in a title: within one of its words, at the start of one, as one."""

SHORTEST_INSIDE = 3  # letters: fewer are inside nearly every title, and say nothing
_BEHIND_ALL = "\U0010ffff"

Occurrence = npt.NDArray[np.uint8]


class WordIndex:
    """The words of many titles, in order, each with the rows of the titles that have it.

    Words that begin alike follow each other, and so do their rows: all of them are one slice.
    """

    def __init__(
        self,
        vocabulary: Sequence[str],
        rows: npt.NDArray[np.int32],
        offsets: npt.NDArray[np.int64],
        titles: int,
    ) -> None:
        """Take the sorted words, word i with the titles `rows[offsets[i]:offsets[i + 1]]`."""
        self._vocabulary = vocabulary
        self._rows = rows
        self._offsets = offsets
        self._titles = titles
        self._text = "\n".join(vocabulary)
        lengths = np.fromiter(map(len, vocabulary), np.int64, len(vocabulary))
        self._ends = np.cumsum(lengths + 1)

    @classmethod
    def of(cls, titles: Sequence[str]) -> Self:
        """Return the index of these titles; it takes some seconds for a million."""
        numbers: dict[str, int] = {}
        of_words, of_titles = array("i"), array("i")
        for row, title in enumerate(titles):
            found = set(words(title))
            of_words.extend(numbers.setdefault(word, len(numbers)) for word in found)
            of_titles.extend([row] * len(found))
        vocabulary = sorted(numbers)
        places = np.empty(len(numbers), np.int64)
        places[[numbers[word] for word in vocabulary]] = np.arange(len(numbers))
        place = places[np.array(of_words, np.int64)]
        rows = np.array(of_titles, np.int32)[np.argsort(place, kind="stable")]
        counts = np.bincount(place, minlength=len(numbers))
        return cls(vocabulary, rows, np.concatenate([[0], np.cumsum(counts)]), len(titles))

    def occurrence(self, word: str) -> Occurrence:
        """Return how the word occurs in each title (titles,)."""
        found = np.full(self._titles, NOT_AT_ALL, np.uint8)
        if len(word) >= SHORTEST_INSIDE:
            for place in self._containing(word):
                found[self._rows_of(place, place + 1)] = INSIDE
        first = bisect_left(self._vocabulary, word)
        found[self._rows_of(first, bisect_left(self._vocabulary, word + _BEHIND_ALL))] = AT_START
        if first < len(self._vocabulary) and self._vocabulary[first] == word:
            found[self._rows_of(first, first + 1)] = WHOLE
        return found

    def _rows_of(self, first: int, last: int) -> npt.NDArray[np.int32]:
        return self._rows[self._offsets[first] : self._offsets[last]]

    def _containing(self, part: str) -> Iterator[int]:
        """Yield the places of the words that contain this."""
        at = self._text.find(part)
        while at >= 0:
            place = int(np.searchsorted(self._ends, at, side="right"))
            yield place
            at = self._text.find(part, int(self._ends[place]))
