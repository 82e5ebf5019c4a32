"""Cursors of the history: opaque to callers, the id of the last row of a page to us."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from service.errors import InvalidCursor

PREFIX = "before/"
LARGEST = 2**63 - 1  # of PostgreSQL's bigint


def encode_cursor(row_id: int) -> str:
    """Return the cursor of the place just behind a row, on the way back in time."""
    return urlsafe_b64encode(f"{PREFIX}{row_id}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> int:
    """Return the id that a cursor stands for. Raises InvalidCursor for anything else."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        prefix, row_id = urlsafe_b64decode(padded.encode("ascii")).decode().split("/")
        number = int(row_id)
    except ValueError as error:  # not base64, UTF-8, two parts or a number
        raise InvalidCursor from error
    if f"{prefix}/" != PREFIX or not 0 < number <= LARGEST:
        raise InvalidCursor
    return number
