"""When two queries are the same query, and two texts the same text."""

from __future__ import annotations

import hashlib

from models.text import normalised


def query_key(text: str, source: str) -> bytes:
    """Return the key of a query: the same for texts that differ in case, width or spaces only.

    SHA-256 over source and normalised text (NFKC, case-folded, single spaces). The source comes
    with its length, so that no text can pretend to be part of it.
    """
    name = source.encode()
    return hashlib.sha256(b"%d:%b%b" % (len(name), name, normalised(text).encode())).digest()


def text_key(text: str) -> bytes:
    """Return the key of a text, whoever asks it: SHA-256 over the same normalised text."""
    return hashlib.sha256(normalised(text).encode()).digest()
