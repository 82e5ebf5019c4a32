"""What can be seen of the queue without changing it; every method is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from service.clock import SqlClock
from service.database.engine import transaction
from service.errors import TaskNotFound
from service.paging import Page, decode_place, encode_place, page_of
from service.review import repository
from service.review.listing import ALL, TaskFilter, list_tasks
from service.review.summary import Summary, summarise
from service.review.tasks import ReviewTask, StoredVerdict, TaskEvent
from service.review.verdicts import list_verdicts


@dataclass(frozen=True, slots=True)
class TaskHistory:
    """A task with its final verdict, if it has one, all its verdicts, and all that happened."""

    task: ReviewTask
    verdict: StoredVerdict | None
    verdicts: Sequence[StoredVerdict]
    events: Sequence[TaskEvent]


@dataclass(frozen=True, slots=True)
class QueueReader:
    """Shows the queue. All methods raise DatabaseUnavailable when the database does not answer."""

    engine: Engine
    clock: SqlClock

    def page(
        self, limit: int, *, cursor: str | None = None, chosen: TaskFilter = ALL
    ) -> Page[ReviewTask]:
        """Return up to `limit` tasks, oldest first. Raises InvalidCursor."""
        after = None if cursor is None else decode_place(cursor)
        with transaction(self.engine) as connection:
            tasks = list_tasks(connection, limit + 1, after=after, chosen=chosen)
        return page_of(tasks, limit, lambda last: encode_place(last.created_at, last.id))

    def history(self, task_id: UUID) -> TaskHistory:
        """Return a task with its verdicts and events. Raises TaskNotFound."""
        with transaction(self.engine) as connection:
            task = repository.get(connection, task_id)
            if task is None:
                raise TaskNotFound
            verdicts = list_verdicts(connection, task_id)
            final = next((one for one in verdicts if one.id == task.verdict_id), None)
            events = repository.list_events(connection, task_id)
            return TaskHistory(task, final, verdicts, events)

    def summary(self, person: str, since: datetime | None = None) -> Summary:
        """Return the figures of the queue, and what it is to one person."""
        with transaction(self.engine) as connection:
            return summarise(connection, self.clock, person, since)
