"""The rules of the review queue; every method is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn
from uuid import UUID

from sqlalchemy import Connection, Engine

from service.clock import SqlClock
from service.database.engine import transaction
from service.database.tables import Answer, TaskState
from service.errors import (
    AlreadyAnswered,
    AnswerInconsistent,
    LeaseLost,
    LeaseSecondsOutOfRange,
    ProductNotFound,
    TaskNotFound,
)
from service.review import repository
from service.review.cursor import decode_cursor, encode_cursor
from service.review.listeners import VerdictListener
from service.review.tasks import ReviewTask, StoredVerdict, TaskEvent, Verdict


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Some tasks, and the cursor behind them: None when there are no more."""

    tasks: Sequence[ReviewTask]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class TaskHistory:
    """A task with its final verdict, if it has one, all its verdicts, and all that happened."""

    task: ReviewTask
    verdict: StoredVerdict | None
    verdicts: Sequence[StoredVerdict]
    events: Sequence[TaskEvent]


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """Hands tasks to people and takes their verdicts.

    `has_product` looks a product id up in the current catalogue. `listeners` are told of final
    verdicts in the transaction that stores or withdraws them. All methods raise
    DatabaseUnavailable when the database does not answer.
    """

    engine: Engine
    clock: SqlClock
    has_product: Callable[[str], bool]
    listeners: Sequence[VerdictListener]
    new_id: Callable[[], UUID]
    lease_min_seconds: int
    lease_max_seconds: int

    def claim(self, person: str, count: int, lease_seconds: int) -> list[ReviewTask]:
        """Lease up to `count` tasks; fewer, or none, when the queue has no more.

        Raises LeaseSecondsOutOfRange.
        """
        duration = self._duration(lease_seconds)
        with transaction(self.engine) as connection:
            return repository.claim(connection, self.clock, person, count, duration)

    def renew(self, task_id: UUID, token: UUID, person: str, lease_seconds: int) -> ReviewTask:
        """Let the lease end `lease_seconds` from now.

        Raises LeaseSecondsOutOfRange, TaskNotFound, AlreadyAnswered and LeaseLost.
        """
        duration = self._duration(lease_seconds)
        with transaction(self.engine) as connection:
            task = repository.renew(connection, self.clock, task_id, token, person, duration)
            if task is None:
                _refuse(connection, task_id)
            return task

    def submit(
        self,
        task_id: UUID,
        token: UUID,
        person: str,
        answer: Answer,
        product_ids: Sequence[str] = (),
        comment: str | None = None,
    ) -> StoredVerdict:
        """Record what a person said; the accepted products need not be among the candidates.

        Raises AnswerInconsistent, ProductNotFound, TaskNotFound, AlreadyAnswered and LeaseLost.
        """
        products = tuple(dict.fromkeys(product_ids))
        self._check_answer(answer, products)
        verdict = Verdict(self.new_id(), answer, products, comment, person)
        with transaction(self.engine) as connection:
            stored = repository.submit(connection, self.clock, task_id, token, verdict)
            if stored is None:
                _refuse(connection, task_id)
            for listener in self.listeners:
                listener.verdict_given(connection, task_id)
            return stored

    def release(self, task_id: UUID, token: UUID, person: str, *, skip: bool = False) -> None:
        """Give the task back; a skipped task is handed out after all that were skipped less.

        Raises TaskNotFound, AlreadyAnswered and LeaseLost.
        """
        with transaction(self.engine) as connection:
            if not repository.release(connection, self.clock, task_id, token, person, skip=skip):
                _refuse(connection, task_id)

    def page(
        self,
        limit: int,
        *,
        cursor: str | None = None,
        state: TaskState | None = None,
        source: str | None = None,
    ) -> TaskPage:
        """Return up to `limit` tasks, oldest first. Raises InvalidCursor."""
        after = None if cursor is None else decode_cursor(cursor)
        with transaction(self.engine) as connection:
            tasks = repository.list_tasks(
                connection, limit + 1, after=after, state=state, source=source
            )
        if len(tasks) <= limit:
            return TaskPage(tasks, None)
        return TaskPage(tasks[:limit], encode_cursor(tasks[limit - 1]))

    def history(self, task_id: UUID) -> TaskHistory:
        """Return a task with its verdict and events. Raises TaskNotFound."""
        with transaction(self.engine) as connection:
            task = repository.get(connection, task_id)
            if task is None:
                raise TaskNotFound
            verdicts = repository.list_verdicts(connection, task_id)
            final = next((one for one in verdicts if one.id == task.verdict_id), None)
            events = repository.list_events(connection, task_id)
            return TaskHistory(task, final, verdicts, events)

    def _duration(self, lease_seconds: int) -> timedelta:
        if self.lease_min_seconds <= lease_seconds <= self.lease_max_seconds:
            return timedelta(seconds=lease_seconds)
        raise LeaseSecondsOutOfRange(
            f"lease_seconds is {lease_seconds}; this service allows "
            f"{self.lease_min_seconds} to {self.lease_max_seconds}"
        )

    def _check_answer(self, answer: Answer, products: Sequence[str]) -> None:
        if (answer is Answer.ACCEPTED) != bool(products):
            raise AnswerInconsistent
        for product_id in products:
            if not self.has_product(product_id):
                raise ProductNotFound(f"the current catalogue has no product {product_id!r}")


def _refuse(connection: Connection, task_id: UUID) -> NoReturn:
    """Say why a task could not be changed under the given lease."""
    task = repository.get(connection, task_id)
    if task is None:
        raise TaskNotFound
    if task.state is TaskState.ANSWERED:
        raise AlreadyAnswered
    raise LeaseLost
