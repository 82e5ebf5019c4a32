"""Cursors of lists: opaque to callers, a place in (created_at, id) to us."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

from service.errors import InvalidCursor
from service.review.tasks import Position, ReviewTask

SEPARATOR = "/"


def encode_cursor(task: ReviewTask) -> str:
    """Return the cursor of the place just behind a task."""
    return encode_place(task.created_at, task.id)


def decode_cursor(cursor: str) -> Position:
    """Return the place that a cursor stands for. Raises InvalidCursor for anything else."""
    return Position(*decode_place(cursor))


def encode_place(created_at: datetime, row_id: UUID) -> str:
    """Return the cursor of the place just behind a row."""
    place = f"{created_at.isoformat()}{SEPARATOR}{row_id}"
    return urlsafe_b64encode(place.encode()).decode().rstrip("=")


def decode_place(cursor: str) -> tuple[datetime, UUID]:
    """Return the time and id that a cursor stands for. Raises InvalidCursor for anything else."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        moment, _, row_id = urlsafe_b64decode(padded.encode("ascii")).decode().partition(SEPARATOR)
        return _instant(moment), UUID(row_id)
    except (ValueError, OverflowError) as error:  # not base64, UTF-8, an instant or a UUID
        raise InvalidCursor from error


def _instant(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError("an instant needs an offset from UTC")
    return moment.astimezone(UTC)
