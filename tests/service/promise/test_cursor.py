from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import InvalidCursor
from service.promise.cursor import LARGEST, decode_cursor, encode_cursor


@given(st.integers(1, LARGEST))
def test_a_cursor_leads_back_to_its_row(row_id: int) -> None:
    assert decode_cursor(encode_cursor(row_id)) == row_id


@given(st.text())
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(text)


@pytest.mark.parametrize(
    "place", ["before/0", "before/-1", "before/x", "after/1", "before/9223372036854775808", "1"]
)
def test_places_that_no_row_has_are_refused(place: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(urlsafe_b64encode(place.encode()).decode().rstrip("="))
