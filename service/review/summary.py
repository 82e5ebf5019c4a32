"""Figures of the queue for whoever works on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy import Connection, func, literal, select

from service.clock import SqlClock, time_of
from service.database.tables import TaskState
from service.review.claiming import open_to
from service.review.sql import current, has_opinion_of, tasks, verdicts

WAITING = (TaskState.OPEN, TaskState.LEASED, TaskState.ADJUDICATE)


@dataclass(frozen=True, slots=True)
class Summary:
    """How many tasks are in each state, and what they are to one person.

    `given` are the person's current verdicts since `since`, `left` the tasks that the person could
    claim now. `oldest_created_at` is of all that wait for a verdict, None when nothing does.
    """

    states: Mapping[TaskState, int]
    oldest_created_at: datetime | None
    oldest_age_seconds: float | None
    since: datetime
    given: int
    left: int


def summarise(
    connection: Connection, clock: SqlClock, person: str, since: datetime | None = None
) -> Summary:
    """Return the figures for a person; `since` is the start of the day in UTC unless given."""
    present = time_of(connection, clock)
    since = since or datetime.combine(present.date(), time(), UTC)
    query = select(tasks.c.state, func.count().label("tasks"), func.min(tasks.c.created_at))
    rows = {row[0]: row for row in connection.execute(query.group_by(tasks.c.state))}
    oldest = min((rows[state][2] for state in WAITING if state in rows), default=None)
    return Summary(
        states={state: rows[state].tasks if state in rows else 0 for state in TaskState},
        oldest_created_at=oldest,
        oldest_age_seconds=None if oldest is None else (present - oldest).total_seconds(),
        since=since,
        given=_given(connection, person, since),
        left=_left(connection, clock, person),
    )


def _given(connection: Connection, person: str, since: datetime) -> int:
    given = (verdicts.c.person == person, verdicts.c.created_at >= since, current())
    count: int = connection.execute(select(func.count()).where(*given)).scalar_one()
    return count


def _left(connection: Connection, clock: SqlClock, person: str) -> int:
    somebody = literal(person)
    query = select(func.count()).where(*open_to(clock, somebody), ~has_opinion_of(somebody))
    count: int = connection.execute(query).scalar_one()
    return count
