"""SQL that finds tasks to be looked at, not worked on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, literal, select, tuple_

from service.database.tables import TaskState
from service.review.rows import task_from
from service.review.sql import has_opinion_of, tasks
from service.review.tasks import ReviewTask


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are meant: those of which all that is given is true.

    `attributes` are those that a task has at least, `assigned_to` is a person or `team:` and a
    team, and `answered_by` somebody who has a current verdict on the task.
    """

    state: TaskState | None = None
    source: str | None = None
    attributes: Mapping[str, str] | None = None
    assigned_to: str | None = None
    answered_by: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        return [
            *([] if self.state is None else [tasks.c.state == self.state]),
            *([] if self.source is None else [tasks.c.source == self.source]),
            *([] if not self.attributes else [tasks.c.attributes.contains(dict(self.attributes))]),
            *([] if self.assigned_to is None else [tasks.c.assigned_to == self.assigned_to]),
            *([] if self.answered_by is None else [has_opinion_of(literal(self.answered_by))]),
        ]


ALL = TaskFilter()


def list_tasks(
    connection: Connection,
    limit: int,
    *,
    after: tuple[datetime, UUID] | None = None,
    chosen: TaskFilter = ALL,
) -> list[ReviewTask]:
    """Return up to `limit` tasks, oldest first; those behind `after`, a time and an id."""
    query = select(tasks).where(*chosen.conditions())
    if after is not None:
        place = tuple_(tasks.c.created_at, tasks.c.id)
        query = query.where(place > tuple_(*after))
    query = query.order_by(tasks.c.created_at, tasks.c.id).limit(limit)
    return [task_from(row) for row in connection.execute(query)]
