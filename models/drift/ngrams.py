"""Texts to the n-grams by which new kinds of text are noticed."""

from __future__ import annotations

from models.text import words

LENGTH = 3


def ngrams(text: str) -> list[str]:
    """Return the character 3-grams of each word between `<` and `>`, as often as they occur.

    Words are folded as everywhere else (`models.text`); a text without a word has none.
    """
    return [gram for word in words(text) for gram in word_ngrams(word)]


def word_ngrams(word: str) -> list[str]:
    """Return the 3-grams of one word, which for a single character is one."""
    marked = f"<{word}>"
    return [marked[start : start + LENGTH] for start in range(len(marked) - LENGTH + 1)]
