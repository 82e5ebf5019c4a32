"""SQL of leases: whoever holds a task, and until when. Nothing here commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Update, and_, select, update

from service.clock import SqlClock
from service.database import events
from service.review.rows import task_from
from service.review.sql import NO_LEASE, task_event, tasks, waiting_state
from service.review.tasks import ReviewTask


@dataclass(frozen=True, slots=True)
class Hold:
    """What proves that somebody holds a task: the token of the claim, and who claimed."""

    task_id: UUID
    token: UUID
    person: str


def renew(
    connection: Connection, clock: SqlClock, hold: Hold, duration: timedelta
) -> ReviewTask | None:
    """Let a live lease end `duration` from now; None when it is not live any more."""
    change = _under(clock, hold).values(lease_until=clock() + duration)
    row = connection.execute(change.returning(*tasks.c)).one_or_none()
    if row is None:
        return None
    _record(connection, clock, hold, "renewed", {"lease_until": row.lease_until.isoformat()})
    return task_from(row)


def release(connection: Connection, clock: SqlClock, hold: Hold) -> bool:
    """Give a live lease back, the task keeping its place; False when it is not live any more."""
    change = _under(clock, hold).values(state=waiting_state(), **NO_LEASE)
    if connection.execute(change.returning(tasks.c.id)).one_or_none() is None:
        return False
    _record(connection, clock, hold, "released", {})
    return True


def skip(connection: Connection, clock: SqlClock, hold: Hold, reason: str | None) -> bool:
    """Give a live lease back and send the task behind those that were skipped less."""
    times_skipped = tasks.c.times_skipped + 1
    change = _under(clock, hold).values(
        state=waiting_state(), times_skipped=times_skipped, **NO_LEASE
    )
    if connection.execute(change.returning(tasks.c.id)).one_or_none() is None:
        return False
    _record(connection, clock, hold, "skipped", {} if reason is None else {"reason": reason})
    return True


def lock_held(
    connection: Connection, clock: SqlClock, hold: Hold
) -> tuple[ReviewTask, datetime] | None:
    """Return a task that is held under a live lease, locked, and the time at which it was."""
    query = select(tasks, clock().label("now")).where(_live(clock, hold)).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else (task_from(row), row.now)


def _under(clock: SqlClock, hold: Hold) -> Update:
    """Return an update that touches the task only while it is held."""
    return update(tasks).where(_live(clock, hold))


def _live(clock: SqlClock, hold: Hold) -> ColumnElement[bool]:
    return and_(
        tasks.c.id == hold.task_id,
        tasks.c.lease_token == hold.token,
        tasks.c.lease_owner == hold.person,
        tasks.c.lease_until > clock(),
    )


def _record(
    connection: Connection, clock: SqlClock, hold: Hold, kind: str, details: dict[str, Any]
) -> None:
    events.record(connection, clock, [task_event(hold.task_id, kind, hold.person, details)])
