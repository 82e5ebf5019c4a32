"""Identifiers that sort by time."""

from __future__ import annotations

import os
import time
from uuid import UUID

VERSION_7 = 0x7 << 76
VARIANT = 0x2 << 62
RANDOM_BITS = (0xFFF << 64) | (2**62 - 1)


def new_id() -> UUID:
    """Return a version 7 UUID (RFC 9562): new rows go to the end of the primary key's index."""
    return time_ordered_id(time.time_ns() // 1_000_000, os.urandom(10))


def time_ordered_id(milliseconds: int, random: bytes) -> UUID:
    """Return the UUID of a Unix time (48 bits) and ten random bytes, of which 74 bits count."""
    drawn = int.from_bytes(random) & RANDOM_BITS
    return UUID(int=(milliseconds << 80) | VERSION_7 | VARIANT | drawn)
