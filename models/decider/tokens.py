"""What a text is to the decider: words, numbers, codes and measures, as hashes with weights."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import accumulate, chain, pairwise

import numpy as np
import numpy.typing as npt

from models.text import words

CACHED_WORDS = 2**17
LONGEST_UNIT = 4  # letters: "mm", "inch"; a longer word after a number is no unit
SHORTEST_CODE = 3  # characters
DIGITS_OF_A_CODE = 4  # a number is a code by itself from here on

HASH_BITS = 35
_KIND_BITS = 3
_KIND_MASK = 2**_KIND_BITS - 1
_PIECE = re.compile(r"\d+|[^\W\d_]+")

Hashes = npt.NDArray[np.int64]
Offsets = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float32]


class Kind(IntEnum):
    """What a token is; "K8524X8 32GB" is the words k, x, gb and the numbers 8524, 8, 32.

    It has one code, k8524x8, one measure, 32 gb, and therefore the unit gb. A code is a whole word
    with letters and digits, or a long number; a short number with its unit is none, so that "32GB"
    and "32 GB" are the same.
    """

    WORD = 0
    NUMBER = 1
    CODE = 2
    MEASURE = 3
    UNIT = 4


KINDS = len(Kind)


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is shown to people, and its kind."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class TokenSets:
    """Distinct tokens of several texts: text i has those from `offsets[i]` to `offsets[i + 1]`.

    The hash of a token has its kind in the lowest bits; those of a text ascend.
    """

    hashes: Hashes
    offsets: Offsets

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def kinds(self) -> npt.NDArray[np.int64]:
        """Return the kind of each token."""
        return kinds_of(self.hashes)

    @property
    def owners(self) -> npt.NDArray[np.int64]:
        """Return which text each token is of."""
        return np.arange(len(self)).repeat(self.offsets[1:] - self.offsets[:-1])


def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text in its order, repeated as often as they occur."""
    return tuple(_tokens(text))


def token_hash(token: Token) -> int:
    """Return the hash of a token, 0 <= hash < 2^`HASH_BITS`, the same on every machine."""
    return zlib.crc32(token.text.encode("utf-8", "surrogatepass")) << _KIND_BITS | token.kind


def kinds_of(hashes: Hashes) -> npt.NDArray[np.int64]:
    """Return the kind of the token of each hash."""
    kinds: npt.NDArray[np.int64] = hashes & _KIND_MASK
    return kinds


def token_sets(texts: Sequence[str]) -> TokenSets:
    """Return the distinct tokens of each text; an empty text has none."""
    rows = [sorted(_hashes(text)) for text in texts]
    offsets = list(accumulate(map(len, rows), initial=0))
    flat = np.fromiter(chain.from_iterable(rows), np.int64, offsets[-1])
    return TokenSets(flat, np.array(offsets, np.int64))


def _tokens(text: str) -> Iterator[Token]:
    found = words(text)
    for word in found:
        yield from _of_word(word)
    for number, unit in _numbers_before_words(found):
        yield from _of_neighbours(number, unit)


def _hashes(text: str) -> set[int]:
    """Return the hashes of `tokens`; words come again and again, so theirs are kept."""
    found = words(text)
    hashes = set(chain.from_iterable(map(_word_hashes, found)))
    for number, unit in _numbers_before_words(found):
        hashes.update(_neighbour_hashes(number, unit))
    return hashes


def _numbers_before_words(found: Sequence[str]) -> Iterator[tuple[str, str]]:
    return (pair for pair in pairwise(found) if pair[0][-1].isdecimal())


@lru_cache(maxsize=CACHED_WORDS)
def _word_hashes(word: str) -> tuple[int, ...]:
    return tuple(token_hash(token) for token in _of_word(word))


@lru_cache(maxsize=CACHED_WORDS)
def _neighbour_hashes(before: str, after: str) -> tuple[int, ...]:
    return tuple(token_hash(token) for token in _of_neighbours(before, after))


def _of_word(word: str) -> Iterator[Token]:
    pieces = _PIECE.findall(word)
    yield from (Token(_kind(piece), piece) for piece in pieces)
    if len(word) >= SHORTEST_CODE and _are_code(pieces):
        yield Token(Kind.CODE, word)
    for number, unit in pairwise(pieces):
        yield from _measure(number, unit)


def _of_neighbours(before: str, after: str) -> Iterator[Token]:
    """Return the measure that two words make, as in "32 gb"; the first ends in a digit."""
    first, second = _PIECE.findall(before), _PIECE.findall(after)
    if second:
        yield from _measure(first[-1], second[0])


def _measure(number: str, unit: str) -> Iterator[Token]:
    if _is_measure(number, unit):
        yield Token(Kind.MEASURE, f"{number} {unit}")
        yield Token(Kind.UNIT, unit)


def _kind(piece: str) -> Kind:
    return Kind.NUMBER if piece[0].isdecimal() else Kind.WORD


def _is_measure(number: str, unit: str) -> bool:
    return number[0].isdecimal() and not unit[0].isdecimal() and len(unit) <= LONGEST_UNIT


def _are_code(pieces: Sequence[str]) -> bool:
    """Return whether a word of these pieces is a code: not letters alone, nor a short number."""
    if not any(_kind(piece) is Kind.NUMBER for piece in pieces):
        return False
    short = len(pieces[0]) < DIGITS_OF_A_CODE
    plain = len(pieces) == 1 or (len(pieces) == 2 and _is_measure(pieces[0], pieces[1]))
    return not (short and plain)
