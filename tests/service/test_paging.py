from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import InvalidCursor
from service.paging import (
    LARGEST_ID,
    decode_id,
    decode_place,
    encode_id,
    encode_place,
    page_of,
)

SOME_ID = UUID("0d0e8a52-6f0a-4f4a-9e1f-0b7f3f1f2a11")


def test_a_page_leads_on_where_one_more_row_was_found() -> None:
    page = page_of([5, 4, 3], 2, encode_id)
    assert page.rows == [5, 4]
    assert page.next_cursor is not None
    assert decode_id(page.next_cursor) == 4


@pytest.mark.parametrize("found", [[], [5], [5, 4]])
def test_the_last_page_leads_nowhere(found: list[int]) -> None:
    page = page_of(found, 2, encode_id)
    assert (page.rows, page.next_cursor) == (found, None)


@given(
    st.datetimes(
        min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - the strategy adds the time zone
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7))]),
    ),
    st.uuids(),
)
def test_a_cursor_leads_back_to_its_place(moment: datetime, row_id: UUID) -> None:
    assert decode_place(encode_place(moment, row_id)) == (moment, row_id)


@given(st.integers(1, LARGEST_ID))
def test_a_cursor_leads_back_to_its_row(row_id: int) -> None:
    assert decode_id(encode_id(row_id)) == row_id


def test_a_cursor_can_stand_in_a_url_as_it_is() -> None:
    cursor = encode_place(datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC), SOME_ID)
    assert cursor.replace("-", "").replace("_", "").isalnum()


@given(st.text(max_size=80))
def test_any_other_text_is_refused(invented: str) -> None:
    for decode in (decode_place, decode_id):
        with pytest.raises(InvalidCursor):
            decode(invented)


@pytest.mark.parametrize(
    "place",
    [
        f"2026-01-01T12:00:00/{SOME_ID}",  # no time zone
        f"0001-01-01T00:00:00+14:00/{SOME_ID}",  # before the first instant there is
        "2026-01-01T12:00:00+00:00/17",
        f"yesterday/{SOME_ID}",
        "2026-01-01T12:00:00+00:00",
    ],
)
def test_a_place_that_is_none_is_refused(place: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_place(_written(place))


@pytest.mark.parametrize(
    "place", ["before/0", "before/-1", "before/x", "after/1", "before/9223372036854775808", "1"]
)
def test_an_id_that_no_row_has_is_refused(place: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_id(_written(place))


def _written(place: str) -> str:
    return urlsafe_b64encode(place.encode()).decode()
