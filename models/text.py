"""Texts to words."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """Return the lower-cased words of a text, in order, after Unicode NFKC."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower())
