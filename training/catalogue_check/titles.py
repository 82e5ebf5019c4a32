"""How two titles differ: by spelling alone, by a suffix of the model code, by words, by numbers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

# A plus sign names another product (S9, S9+), so it is a word of its own.
TOKEN = re.compile(r"\d+(?:\.\d+)?(?![a-z0-9])|[^\W_]+|\+")
DIGIT = re.compile(r"\d")
SHORTEST_CODE = 4
LONGEST_SUFFIX = 4


class Difference(StrEnum):
    """Kinds of difference, from what says nothing to what says most."""

    SPELLING = "spelling"
    SUFFIX = "suffix"
    SUFFIX_AND_WORDS = "suffix and words"
    EXTRA_WORDS = "extra words"
    OTHER_WORDS = "other words"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class TitleDifference:
    """What two titles share and what only one of them has, in their own order."""

    kind: Difference
    shared: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def tokens(text: str) -> tuple[str, ...]:
    """Return the lower-case words, numbers and plus signs of a text."""
    return tuple(TOKEN.findall(text.lower()))


def title_difference(first: str, second: str) -> TitleDifference:
    """Return how the titles differ; the order of words does not count."""
    mine, others = tokens(first), tokens(second)
    common = Counter(mine) & Counter(others)
    only_first, only_second = _without(mine, common), _without(others, common)
    kind = _kind(only_first, only_second)
    return TitleDifference(kind, tuple(common.elements()), only_first, only_second)


def _without(words: tuple[str, ...], taken: Counter[str]) -> tuple[str, ...]:
    left = Counter(taken)
    kept = []
    for word in words:
        if left[word]:
            left[word] -= 1
        else:
            kept.append(word)
    return tuple(kept)


def _kind(first: tuple[str, ...], second: tuple[str, ...]) -> Difference:
    one, other = sorted(("".join(first), "".join(second)), key=len)
    if one == other:
        return Difference.SPELLING
    if is_suffixed(one, other):
        return Difference.SUFFIX
    first, second, suffixed = _without_suffixed(first, second)
    if any(DIGIT.search(word) or word == "+" for word in (*first, *second)):
        return Difference.NUMBERS
    if first and second:
        return Difference.OTHER_WORDS
    return Difference.SUFFIX_AND_WORDS if suffixed else Difference.EXTRA_WORDS


def _without_suffixed(
    first: tuple[str, ...], second: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Leave out one model code that the other side has with a suffix."""
    for mine in first:
        for other in second:
            short, long = sorted((mine, other), key=len)
            if is_suffixed(short, long):
                return (
                    tuple(word for word in first if word != mine),
                    tuple(word for word in second if word != other),
                    True,
                )
    return first, second, False


def is_suffixed(code: str, longer: str) -> bool:
    """Return whether the longer one is this model code with a few letters more."""
    suffix = longer.removeprefix(code)
    return (
        longer.startswith(code)
        and len(code) >= SHORTEST_CODE
        and DIGIT.search(code) is not None
        and len(suffix) <= LONGEST_SUFFIX
        and suffix.isalpha()
    )
