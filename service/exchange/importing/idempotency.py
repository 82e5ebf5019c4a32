"""Requests that may be repeated: the same key is answered the same, and does its work once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, func, insert, literal, select

from service.clock import SqlClock
from service.database.tables import IdempotentRequestRow
from service.errors import IdempotencyKeyReused, RequestInProgress

KEPT = timedelta(days=7)
Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Repeatable:
    """A request under the key that its caller gave it; `content` is all that it asked for."""

    caller: str
    key: str
    content: bytes

    @property
    def digest(self) -> bytes:
        return sha256(self.content).digest()


def once(
    connection: Connection, clock: SqlClock, request: Repeatable, work: Callable[[], Answer]
) -> Answer:
    """Return what `work` returns, or what it returned when this request came before.

    The answer is stored in the transaction of the work: where that fails, nothing happened and
    the key is free. Raises RequestInProgress and IdempotencyKeyReused.
    """
    _lock(connection, request)
    query = select(IdempotentRequestRow.request_sha256, IdempotentRequestRow.answer).where(
        IdempotentRequestRow.caller == request.caller, IdempotentRequestRow.key == request.key
    )
    before = connection.execute(query).one_or_none()
    if before is not None:
        if bytes(before.request_sha256) != request.digest:
            raise IdempotencyKeyReused
        answered: Answer = before.answer
        return answered
    answer = work()
    old = IdempotentRequestRow.created_at < clock() - KEPT
    connection.execute(delete(IdempotentRequestRow).where(old))
    stored = insert(IdempotentRequestRow).values(
        caller=request.caller,
        key=request.key,
        request_sha256=request.digest,
        answer=dict(answer),
        created_at=clock(),
    )
    connection.execute(stored)
    return answer


def _lock(connection: Connection, request: Repeatable) -> None:
    named = literal(f"{len(request.caller)}:{request.caller}{request.key}")
    locked = select(func.pg_try_advisory_xact_lock(func.hashtextextended(named, 0)))
    if not connection.execute(locked).scalar_one():
        raise RequestInProgress
