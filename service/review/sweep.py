"""What time has ended: leases that were not renewed, and tasks that nobody answered in time.

Whoever claims sweeps first, so that nothing depends on a background job being alive.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Row,
    Uuid,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from service.clock import SqlClock
from service.database.events import SERVICE, Event, record
from service.database.tables import UNANSWERED, TaskState
from service.review.sql import (
    NO_LEASE,
    now,
    state_of,
    task_event,
    tasks,
    waiting_state,
)

MOST = 1000  # tasks of one sweep; the next claim goes on
EXPIRED = "expired"  # why a task was closed that outlived its time


def sweep(connection: Connection, clock: SqlClock, only: UUID | None = None) -> None:
    """Free tasks whose lease has ended, and close what outlived its time and nobody holds.

    Tasks that somebody else is just changing are left to the next sweep. Each change has its event:
    `expired` of who lost the lease, or `closed`.
    """
    given = {} if only is None else {"only": only}
    ended = connection.execute(_statement(clock, one=only is not None), given)
    record(connection, clock, [_event(row) for row in ended])


def _event(row: Row[Any]) -> Event:
    if row.overdue:
        return task_event(row.id, "closed", SERVICE, {"reason": EXPIRED})
    return task_event(row.id, "expired", row.lease_owner, {})


@lru_cache(maxsize=16)
def _statement(clock: SqlClock, *, one: bool) -> ReturningUpdate[Any]:
    """Return the one statement of it all; building it anew would cost more than running it."""
    present = now(clock)
    lapsed = tasks.c.lease_until <= present
    overdue = and_(tasks.c.expires_at <= present, or_(tasks.c.lease_until.is_(None), lapsed))
    found = (
        select(tasks.c.id, tasks.c.lease_owner, func.coalesce(overdue, false()).label("overdue"))
        .where(UNANSWERED, or_(lapsed, overdue), tasks.c.id.in_(_due(clock)))
        .with_for_update(skip_locked=True)
    )
    if one:
        found = found.where(tasks.c.id == bindparam("only", type_=Uuid()))
    ended = found.cte("ended")
    return (
        update(tasks)
        .where(tasks.c.id == ended.c.id)
        .values(
            state=case((ended.c.overdue, state_of(TaskState.CLOSED)), else_=waiting_state()),
            closed_at=case((ended.c.overdue, clock()), else_=null()),
            close_reason=case((ended.c.overdue, literal(EXPIRED)), else_=null()),
            **NO_LEASE,
        )
        .returning(tasks.c.id, ended.c.lease_owner, ended.c.overdue)
    )


def _due(clock: SqlClock) -> CompoundSelect[Any]:
    """Return the ids of what may have ended, from the indexes of the two times.

    In their order and with a limit: otherwise PostgreSQL expects a third of all tasks to be due,
    and reads them all.
    """
    one = tasks.alias("one")
    times = (one.c.lease_until, one.c.expires_at)
    due = (
        select(one.c.id).where(UNANSWERED, time <= now(clock)).order_by(time).limit(MOST).subquery()
        for time in times
    )
    return union_all(*(select(part.c.id) for part in due))
