"""The queue as the rest of the service sees it, in SQL: tasks that are opened and looked at.

Nothing here commits: the caller owns the transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection, select

from service.clock import SqlClock
from service.database.recordset import as_json
from service.database.tables import TaskKind
from service.review.opening import open_tasks_statement
from service.review.policy import PLAIN, Opening
from service.review.rows import event_from, new_task_row, task_from
from service.review.sql import SUBJECT, events, tasks
from service.review.tasks import NewTask, ReviewTask, TaskEvent


def open_tasks(
    connection: Connection,
    clock: SqlClock,
    new_tasks: Sequence[NewTask],
    opening: Opening = PLAIN,
) -> dict[bytes, UUID]:
    """Return the unanswered task of every query key, creating those that do not exist.

    A query that is asked again while its task is unanswered is counted on that task, whose lifetime
    begins anew. Rows are written in the order of their keys, so that two callers cannot wait for
    each other.
    """
    if not new_tasks:
        return {}
    asked = Counter(task.query_key for task in new_tasks)
    rows = [
        new_task_row(task, asked[task.query_key], opening.opinions_wanted())
        for task in _one_of_each(new_tasks)
    ]
    given = {"asked": as_json(rows), "lifetime": opening.lifetime}
    stored = connection.execute(open_tasks_statement(clock), given)
    return {bytes(row.query_key): row.id for row in stored}


def _one_of_each(new_tasks: Sequence[NewTask]) -> Collection[NewTask]:
    """Return one task of each query: the first, but one that waits before one that is only checked.

    It has the highest priority and the largest head start of them all.
    """
    found: dict[bytes, NewTask] = {}
    for task in new_tasks:
        first = found.setdefault(task.query_key, task)
        if task is not first:
            found[task.query_key] = _merged(first, task)
    return found.values()


def _merged(first: NewTask, second: NewTask) -> NewTask:
    waits_later = second.kind is TaskKind.REVIEW and first.kind is TaskKind.AUDIT
    return replace(
        second if waits_later else first,
        priority=max(first.priority, second.priority),
        head_start=max(first.head_start, second.head_start),
    )


def get(connection: Connection, task_id: UUID) -> ReviewTask | None:
    row = connection.execute(select(tasks).where(tasks.c.id == task_id)).one_or_none()
    return None if row is None else task_from(row)


def list_events(connection: Connection, task_id: UUID) -> list[TaskEvent]:
    """Return everything that happened to a task, in the order in which it happened."""
    query = (
        select(events)
        .where(events.c.subject == SUBJECT, events.c.subject_id == str(task_id))
        .order_by(events.c.id)
    )
    return [event_from(row) for row in connection.execute(query)]
