"""Cursors of the task list: opaque to callers, a place in (created_at, id) to us."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

from service.errors import InvalidCursor
from service.review.tasks import Position, ReviewTask

SEPARATOR = "/"


def encode_cursor(task: ReviewTask) -> str:
    """Return the cursor of the place just behind a task."""
    place = f"{task.created_at.isoformat()}{SEPARATOR}{task.id}"
    return urlsafe_b64encode(place.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> Position:
    """Return the place that a cursor stands for. Raises InvalidCursor for anything else."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        moment, _, task_id = urlsafe_b64decode(padded.encode("ascii")).decode().partition(SEPARATOR)
        return Position(_instant(moment), UUID(task_id))
    except (ValueError, OverflowError) as error:  # not base64, UTF-8, an instant or a UUID
        raise InvalidCursor from error


def _instant(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError("an instant needs an offset from UTC")
    return moment.astimezone(UTC)
