from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.recommend.identifiers import new_id, time_ordered_id

times = st.integers(0, 2**48 - 1)
random = st.binary(min_size=10, max_size=10)


def test_the_example_of_the_standard() -> None:
    # RFC 9562, appendix A.6: 2022-02-22T19:22:22Z, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F
    drawn = (0xCC3 << 64 | 0x18C4DC0C0C07398F).to_bytes(10)
    assert str(time_ordered_id(0x017F22E279B0, drawn)) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(times, times, random, random)
def test_a_later_time_sorts_later(first: int, second: int, a: bytes, b: bytes) -> None:
    if first < second:
        assert time_ordered_id(first, a) < time_ordered_id(second, b)


@given(times, random)
def test_version_and_variant_are_stated(milliseconds: int, drawn: bytes) -> None:
    identifier = time_ordered_id(milliseconds, drawn)
    assert identifier.version == 7
    assert identifier.variant == "specified in RFC 4122"


def test_new_ids_differ() -> None:
    assert len({new_id() for _ in range(1_000)}) == 1_000
