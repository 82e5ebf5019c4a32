"""A set of texts that takes the same memory however many they are."""

from __future__ import annotations

from struct import Struct

BITS = 2**26  # 8 MiB; of a million texts one in 90,000 others seems to be among them
_PLACES = Struct("<4I")  # a key is a SHA-256, so its parts are places at random


class TextFilter:
    """A Bloom filter of text keys: it never lacks one, and seldom has one too many.

    With ten million texts one in 24 others seems to be among them.
    """

    def __init__(self, bits: int = BITS) -> None:
        """`bits` is a multiple of 8."""
        self._bits = bits
        self._bytes = bytearray(bits // 8)

    def add(self, key: bytes) -> None:
        for place in _PLACES.unpack_from(key):
            byte, bit = divmod(place % self._bits, 8)
            self._bytes[byte] |= 1 << bit

    def __contains__(self, key: bytes) -> bool:
        places = (divmod(place % self._bits, 8) for place in _PLACES.unpack_from(key))
        return all(self._bytes[byte] & (1 << bit) for byte, bit in places)
