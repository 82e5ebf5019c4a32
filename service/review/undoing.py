"""Taking verdicts back, which leaves them where they are. Nothing here commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, null, select, update
from sqlalchemy.exc import IntegrityError

from service.clock import SqlClock
from service.database import events
from service.database.tables import Answer, TaskStage, TaskState
from service.errors import (
    AnsweredSince,
    NotAnswered,
    NothingToUndo,
    QueryAskedAgain,
    TaskClosed,
    TaskHeld,
    TaskNotFound,
    UndoTooLate,
)
from service.review.rows import task_from
from service.review.sql import task_event, tasks
from service.review.sweep import sweep
from service.review.tasks import ReviewTask, StoredVerdict, Verdict
from service.review.verdicts import current_verdicts, insert_verdict

ONE_PER_QUERY = "uq_review_tasks_unanswered_query"
UNDECIDED = {"answered_at": null(), "verdict_id": null()}


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The task as it is now, and whether it had a final verdict before."""

    task: ReviewTask
    was_final: bool


def undo(
    connection: Connection,
    clock: SqlClock,
    task_id: UUID,
    verdict: Callable[[StoredVerdict], Verdict],
    person: str,
    within: timedelta,
    lease: timedelta,
    opinions_wanted: int,
) -> TakenBack:
    """Take a person's last verdict on a task back, and lease the task to that person again.

    `verdict` makes the one that supersedes it. An `unsure` that was taken back asks for no second
    opinion any more: `opinions_wanted` is what was drawn anew for the task. Raises TaskNotFound,
    NothingToUndo, AnsweredSince, UndoTooLate, TaskHeld, TaskClosed and QueryAskedAgain.
    """
    task, at = _lock(connection, clock, task_id)
    given = current_verdicts(connection, [task_id])
    last = _undoable(task, given, person)
    if at - last.created_at > within:
        raise UndoTooLate
    insert_verdict(connection, task_id, verdict(last), at)
    values = {
        "state": TaskState.LEASED,
        "stage": last.stage,
        "lease_token": func.gen_random_uuid(),
        "lease_owner": person,
        "lease_until": at + lease,
        "leased_at": at,
    }
    if last.answer is Answer.UNSURE and len(given) == 1:
        values["opinions_wanted"] = opinions_wanted
    changed = _change(connection, task_id, values)
    was_final = last.id == task.verdict_id
    kind = "undone" if was_final else "opinion_undone"
    details = {"verdict_id": str(last.id), "lease_until": (at + lease).isoformat()}
    events.record(connection, clock, [task_event(task_id, kind, person, details)])
    return TakenBack(changed, was_final)


def reopen(
    connection: Connection,
    clock: SqlClock,
    task_id: UUID,
    verdict: Callable[[StoredVerdict], Verdict],
    person: str,
    reason: str,
    lifetime: timedelta | None,
) -> TakenBack:
    """Take all that people say about an answered task back, so that it is asked from the start.

    `verdict` makes what supersedes each of them. Raises TaskNotFound, NotAnswered and
    QueryAskedAgain.
    """
    task, at = _lock(connection, clock, task_id)
    if task.verdict_id is None:
        raise NotAnswered
    for one in current_verdicts(connection, [task_id]):
        insert_verdict(connection, task_id, verdict(one), at)
    values = {
        "state": TaskState.OPEN,
        "stage": TaskStage.OPINION,
        "expires_at": None if lifetime is None else at + lifetime,
    }
    changed = _change(connection, task_id, values)
    details = {"verdict_id": str(task.verdict_id), "reason": reason}
    events.record(connection, clock, [task_event(task_id, "reopened", person, details)])
    return TakenBack(changed, was_final=True)


def _lock(connection: Connection, clock: SqlClock, task_id: UUID) -> tuple[ReviewTask, datetime]:
    sweep(connection, clock, only=task_id)  # a lease that has ended hinders nobody
    query = select(tasks, clock().label("now")).where(tasks.c.id == task_id)
    row = connection.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise TaskNotFound
    return task_from(row), row.now


def _undoable(task: ReviewTask, given: Sequence[StoredVerdict], person: str) -> StoredVerdict:
    """Return the person's verdict that can be taken back: the last one that anybody gave."""
    if not any(one.person == person for one in given):
        raise NothingToUndo
    if given[-1].person != person:
        raise AnsweredSince
    if task.state is TaskState.LEASED:
        raise TaskHeld
    if task.state is TaskState.CLOSED:
        raise TaskClosed
    return given[-1]


def _change(connection: Connection, task_id: UUID, values: dict[str, Any]) -> ReviewTask:
    change = update(tasks).where(tasks.c.id == task_id).values(**UNDECIDED, **values)
    with _one_task_per_query():
        return task_from(connection.execute(change.returning(*tasks.c)).one())


@contextmanager
def _one_task_per_query() -> Iterator[None]:
    """Raise QueryAskedAgain where another task of the same query waits already."""
    try:
        yield
    except IntegrityError as error:
        if ONE_PER_QUERY in str(error):
            raise QueryAskedAgain from error
        raise
