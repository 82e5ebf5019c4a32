"""Sizes that are attributes, read as if the text said them: "32 GB" counts wherever it stands."""

from __future__ import annotations

from collections.abc import Mapping

SIZES = ("size", "capacity", "volume", "weight")
# A word without a token: a number at the end of one part and a unit at the start of the next are no
# measure.
_APART = " _ "


def with_sizes(text: str, attributes: Mapping[str, str]) -> str:
    """Return the text and the values of these attributes, whose names may be in any case."""
    sizes = [value for name, value in attributes.items() if name.lower() in SIZES]
    return _APART.join([text, *sizes]) if sizes else text
