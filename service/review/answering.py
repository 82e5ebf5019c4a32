"""A verdict on a task that is locked: what becomes of the task. Nothing here commits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from service.clock import SqlClock
from service.database import events
from service.database.tables import TaskState
from service.errors import OpinionGiven
from service.review.opinions import Settled, settle
from service.review.sql import NO_LEASE, task_event, tasks
from service.review.tasks import ReviewTask, StoredVerdict, Verdict
from service.review.verdicts import current_verdicts, insert_verdict

EVENTS = {
    TaskState.ANSWERED: "answered",
    TaskState.OPEN: "opinion_given",  # another one is wanted
    TaskState.ADJUDICATE: "adjudication_wanted",
}


@dataclass(frozen=True, slots=True)
class Given:
    """A verdict as it was recorded, and the state of its task since: answered, if it is final."""

    verdict: StoredVerdict
    state: TaskState


def give(
    connection: Connection, clock: SqlClock, task: ReviewTask, verdict: Verdict, at: datetime
) -> Given:
    """Record a verdict on an unanswered task, which this transaction has locked.

    The task's listeners are the caller's to tell when the verdict is final. Raises OpinionGiven
    where the person has a current verdict on the task.
    """
    before = current_verdicts(connection, [task.id])
    if any(one.person == verdict.person for one in before):
        raise OpinionGiven
    settled = settle(task.stage, task.opinions_wanted, before, verdict)
    _update(connection, task, settled, verdict, at)
    stored = insert_verdict(connection, task.id, replace(verdict, stage=task.stage), at)
    details = {"answer": verdict.answer.value, "product_ids": list(verdict.product_ids)}
    event = task_event(task.id, EVENTS[settled.state], verdict.person, details)
    events.record(connection, clock, [event])
    return Given(stored, settled.state)


def _update(
    connection: Connection, task: ReviewTask, settled: Settled, verdict: Verdict, at: datetime
) -> None:
    values: dict[str, Any] = {
        "state": settled.state,
        "stage": settled.stage,
        "opinions_wanted": settled.opinions_wanted,
        **NO_LEASE,
    }
    if settled.state is TaskState.ANSWERED:
        values |= {"answered_at": at, "verdict_id": verdict.id}
    connection.execute(update(tasks).where(tasks.c.id == task.id).values(**values))
