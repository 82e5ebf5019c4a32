"""Pages of lists and their cursors: opaque to callers, a place in the order of the rows to us."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar
from uuid import UUID

from service.errors import InvalidCursor

Row = TypeVar("Row")

SEPARATOR = "/"
BEFORE = "before"
LARGEST_ID = 2**63 - 1  # of PostgreSQL's bigint


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and the cursor behind them: None when there are no more."""

    rows: Sequence[Row]
    next_cursor: str | None


def page_of(found: Sequence[Row], limit: int, cursor_behind: Callable[[Row], str]) -> Page[Row]:
    """Return the page of the first `limit` rows; one more was looked for, to know whether it is."""
    if len(found) <= limit:
        return Page(found, None)
    return Page(found[:limit], cursor_behind(found[limit - 1]))


def encode_place(created_at: datetime, row_id: UUID) -> str:
    """Return the cursor of the place just behind a row in a list by time."""
    return _sealed(f"{created_at.isoformat()}{SEPARATOR}{row_id}")


def decode_place(cursor: str) -> tuple[datetime, UUID]:
    """Return the time and id that a cursor stands for. Raises InvalidCursor for anything else."""
    moment, row_id = _opened(cursor)
    try:
        return _instant(moment), UUID(row_id)
    except (ValueError, OverflowError) as error:  # not an instant or a UUID
        raise InvalidCursor from error


def encode_id(row_id: int) -> str:
    """Return the cursor of the place just behind a row, on the way back in time."""
    return _sealed(f"{BEFORE}{SEPARATOR}{row_id}")


def decode_id(cursor: str) -> int:
    """Return the id that a cursor stands for. Raises InvalidCursor for anything else."""
    direction, row_id = _opened(cursor)
    try:
        number = int(row_id)
    except ValueError as error:
        raise InvalidCursor from error
    if direction != BEFORE or not 0 < number <= LARGEST_ID:
        raise InvalidCursor
    return number


def _sealed(place: str) -> str:
    return urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _opened(cursor: str) -> tuple[str, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        first, second = urlsafe_b64decode(padded.encode("ascii")).decode().split(SEPARATOR)
    except ValueError as error:  # not base64, UTF-8 or two parts
        raise InvalidCursor from error
    return first, second


def _instant(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError("an instant needs an offset from UTC")
    return moment.astimezone(UTC)
