"""Cursors of the task list: opaque to callers, a place in (created_at, id) to us."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
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
        position = Position(datetime.fromisoformat(moment), UUID(task_id))
    except ValueError as error:  # not base64, not UTF-8, not a time or not a UUID
        raise InvalidCursor from error
    if position.created_at.tzinfo is None:
        raise InvalidCursor
    return position
