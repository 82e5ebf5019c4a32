"""What all statements of the queue share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Table,
    and_,
    case,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy import cast as sql_cast

from service.clock import SqlClock
from service.database.events import Event
from service.database.tables import (
    Answer,
    EventRow,
    ReviewTaskRow,
    TaskStage,
    TaskState,
    TeamMemberRow,
    VerdictRow,
)

SUBJECT = "review_task"  # of events
TEAM = "team:"  # begins what a task is assigned to when that is a team

tasks = cast("Table", ReviewTaskRow.__table__)
verdicts = cast("Table", VerdictRow.__table__)
events = cast("Table", EventRow.__table__)
members = cast("Table", TeamMemberRow.__table__)

NO_LEASE: Mapping[str, Any] = {
    "lease_token": null(),
    "lease_owner": null(),
    "lease_until": null(),
    "leased_at": null(),
}


def state_of(state: TaskState) -> ColumnElement[TaskState]:
    return sql_cast(literal(state, tasks.c.state.type), tasks.c.state.type)


def waiting_state() -> ColumnElement[TaskState]:
    """Return the state of a task that nobody holds any more and that has no final verdict."""
    adjudicates = tasks.c.stage == TaskStage.ADJUDICATION
    return case((adjudicates, state_of(TaskState.ADJUDICATE)), else_=state_of(TaskState.OPEN))


def now(clock: SqlClock) -> ScalarSelect[Any]:
    """Return the present time, read once for the whole statement, so that an index can find it."""
    return select(clock()).scalar_subquery()


def current(given: FromClause = verdicts) -> ColumnElement[bool]:
    """Say that a verdict is somebody's opinion today: it takes nothing back, nor was taken back."""
    later = verdicts.alias("later")
    taken_back = select(later.c.id).where(later.c.supersedes == given.c.id).exists()
    return and_(given.c.answer != Answer.WITHDRAWN, ~taken_back)


def has_opinion_of(person: ColumnElement[str]) -> ColumnElement[bool]:
    """Say that a person has a current verdict on the task."""
    own = verdicts.alias("own")
    given = (own.c.task_id == tasks.c.id, own.c.person == person, current(own))
    return select(own.c.id).where(*given).exists()


def lacks_opinion_of(person: ColumnElement[str]) -> ColumnElement[bool]:
    """Say the opposite, of few tasks: PostgreSQL looks each one's verdicts up.

    The other one it may turn into a comparison with all verdicts that the person ever gave.
    """
    given = verdicts.alias("given")
    people = select(given.c.person).where(given.c.task_id == tasks.c.id, current(given))
    return person.not_in(people)


def is_assigned_to(person: ColumnElement[str]) -> ColumnElement[bool]:
    """Say that the task is assigned to a person, or to a team that the person is in."""
    teams = select(TEAM + members.c.team).where(members.c.person == person)
    return or_(tasks.c.assigned_to == person, tasks.c.assigned_to.in_(teams))


def task_event(task_id: UUID, kind: str, actor: str, details: Mapping[str, Any]) -> Event:
    return Event(SUBJECT, str(task_id), kind, actor, details)
