"""What a bulk action is: one answer for many tasks, chosen by a filter."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from service.database.tables import Answer, TaskState
from service.review.listing import TaskFilter


class Action(enum.StrEnum):
    """What is answered."""

    ACCEPT_BEST_AS_BEFORE = "accept_best_as_before"
    ANSWER_NONE = "answer_none"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An action on the open tasks of a filter; `reason` becomes the comment of its verdicts."""

    action: Action
    source: str | None = None
    attributes: dict[str, str] | None = None
    assigned_to: str | None = None
    reason: str | None = None

    @property
    def chosen(self) -> TaskFilter:
        return TaskFilter(TaskState.OPEN, self.source, self.attributes, self.assigned_to)

    def filter_row(self) -> dict[str, Any]:
        """Return the filter as it is stored: only what was given."""
        given = {
            "source": self.source,
            "attributes": self.attributes,
            "assigned_to": self.assigned_to,
        }
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Target:
    """An open task with the answer that it would get.

    The product is the task's best candidate, `accepted_before` how often people accepted it for the
    source: None and 0 where the answer is "none".
    """

    task_id: UUID
    text: str
    source: str
    product_id: str | None
    title: str | None
    accepted_before: int

    @property
    def answer(self) -> Answer:
        return Answer.NONE if self.product_id is None else Answer.ACCEPTED

    @property
    def product_ids(self) -> tuple[str, ...]:
        return () if self.product_id is None else (self.product_id,)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an action would answer now.

    `open_tasks` are all of the filter that nobody holds; `more` says that the action takes the
    first of the fitting ones only, and that it can be repeated.
    """

    targets: Sequence[Target]
    open_tasks: int
    more: bool


@dataclass(frozen=True, slots=True)
class StoredBulk:
    """A bulk action that was applied."""

    id: UUID
    action: Action
    chosen_by: dict[str, Any]
    tasks: int
    person: str
    created_at: datetime
    undone_at: datetime | None
    undone_by: str | None


@dataclass(frozen=True, slots=True)
class Undone:
    """How many verdicts were withdrawn; `left` were followed by others, or their query waits."""

    withdrawn: int
    left: int
