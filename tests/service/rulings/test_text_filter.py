from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from service.rulings.text_filter import TextFilter


def key(number: int) -> bytes:
    return sha256(str(number).encode()).digest()


@given(st.sets(st.integers(), max_size=200))
def test_what_was_added_is_never_lacking(numbers: set[int]) -> None:
    texts = TextFilter(bits=1024)  # so small that most places are shared
    for number in numbers:
        texts.add(key(number))
    assert all(key(number) in texts for number in numbers)


def test_an_empty_one_has_nothing() -> None:
    texts = TextFilter()
    assert not any(key(number) in texts for number in range(100))


def test_few_others_seem_to_be_in_it() -> None:
    """With 4 of 2**20 bits for each of 100,000 texts: (1 - exp(-4e5 / 2**20)) ** 4 = 0.0101."""
    texts = TextFilter(bits=2**20)
    for number in range(100_000):
        texts.add(key(number))
    seeming = sum(key(-number) in texts for number in range(1, 20_001))
    assert 0.008 < seeming / 20_000 < 0.013
