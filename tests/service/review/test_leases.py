"""Leases against a model: whatever people do and whenever, no task is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, Row, Select, select, text

from service.database.engine import transaction
from service.database.tables import Answer, EventRow, ReviewTaskRow, TaskState, VerdictRow
from service.errors import AlreadyAnswered, LeaseLost, ServiceError
from tests.service.conftest import FakeClock
from tests.service.review.queues import ask, queue_of

Rows = Sequence[Row[Any]]
CONTENT: dict[str, Select[Any]] = {
    "tasks": select(ReviewTaskRow.__table__).order_by(ReviewTaskRow.id),
    "verdicts": select(VerdictRow.__table__).order_by(VerdictRow.id),
    "events": select(EventRow.__table__).order_by(EventRow.id),
}


@dataclass
class Expected:
    """What the model knows of a task."""

    id: UUID
    text: str
    created_at: datetime
    times_asked: int = 1
    times_skipped: int = 0
    token: UUID | None = None
    owner: str | None = None
    until: datetime | None = None
    answer: Answer | None = None
    events: list[str] = field(default_factory=lambda: ["created"])

    def free(self, now: datetime) -> bool:
        return self.answer is None and (self.until is None or self.until <= now)

    def end_lease(self, event: str) -> None:
        self.token = self.owner = self.until = None
        self.events.append(event)


class Leases(RuleBasedStateMachine):
    """Asks, claims and answers at random, and compares the database with the model."""

    handed_out = Bundle("handed_out")  # every (task, token) ever claimed, live or stale

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine, self.clock = engine, FakeClock()
        self.queue = queue_of(engine, self.clock)
        self.tasks: dict[UUID, Expected] = {}
        with transaction(engine) as connection:
            connection.execute(text("truncate events, verdicts, decisions, review_tasks cascade"))

    @rule(asked=st.sampled_from(["a", "b", "c", "d"]))
    def ask(self, asked: str) -> None:
        (task_id,) = ask(self.engine, self.clock, asked)
        waiting = [t for t in self.tasks.values() if t.text == asked and t.answer is None]
        if not waiting:
            assert task_id not in self.tasks
            self.tasks[task_id] = Expected(task_id, asked, self.clock.now)
            return
        assert [task.id for task in waiting] == [task_id]
        waiting[0].times_asked += 1

    @rule(
        target=handed_out,
        person=st.sampled_from(["ann", "ben"]),
        count=st.integers(1, 3),
        seconds=st.sampled_from([10, 60, 600]),
    )
    def claim(self, person: str, count: int, seconds: int) -> object:
        free = [task for task in self.tasks.values() if task.free(self.clock.now)]
        due = sorted(free, key=lambda task: (task.times_skipped, task.created_at, task.id))
        claimed = self.queue.claim(person, count, seconds)
        assert [task.id for task in claimed] == [task.id for task in due[:count]]
        for task, known in zip(claimed, due, strict=False):
            if known.owner is not None:
                known.events.append("expired")
            assert task.lease_token not in (None, known.token)
            known.token, known.owner = task.lease_token, person
            known.until = self.clock.now + timedelta(seconds=seconds)
            known.events.append("claimed")
        return multiple(*[(task.id, task.lease_token) for task in claimed])

    @rule(seconds=st.sampled_from([1, 9, 10, 59, 60, 600]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule(lease=handed_out, seconds=st.sampled_from([10, 600]))
    def renew(self, lease: tuple[UUID, UUID], seconds: int) -> None:
        if self._under(lease, lambda: self.queue.renew(*lease, "ann", seconds)):
            task = self.tasks[lease[0]]
            task.until = self.clock.now + timedelta(seconds=seconds)
            task.events.append("renewed")

    @rule(lease=handed_out)
    def release(self, lease: tuple[UUID, UUID]) -> None:
        if self._under(lease, lambda: self.queue.release(*lease, "ann")):
            self.tasks[lease[0]].end_lease("released")

    @rule(lease=handed_out)
    def skip(self, lease: tuple[UUID, UUID]) -> None:
        if self._under(lease, lambda: self.queue.release(*lease, "ann", skip=True)):
            self.tasks[lease[0]].times_skipped += 1
            self.tasks[lease[0]].end_lease("skipped")

    @rule(
        lease=handed_out,
        answer=st.sampled_from([Answer.ACCEPTED, Answer.NONE, Answer.UNSURE]),
        twice=st.booleans(),
    )
    def submit(self, lease: tuple[UUID, UUID], answer: Answer, twice: bool) -> None:
        products = ["p1"] if answer is Answer.ACCEPTED else []
        for _ in range(2 if twice else 1):
            if self._under(lease, lambda: self.queue.submit(*lease, "ann", answer, products)):
                self.tasks[lease[0]].answer = answer
                self.tasks[lease[0]].end_lease("answered")

    @invariant()
    def the_database_is_as_the_model_says(self) -> None:
        rows = self._rows()
        self._the_tasks_are_those_of_the_model(rows["tasks"])
        self._every_answered_task_has_exactly_one_verdict(rows["verdicts"])
        self._every_change_of_state_has_its_event(rows["events"])

    def _the_tasks_are_those_of_the_model(self, stored: Rows) -> None:
        rows = {row.id: row for row in stored}
        assert rows.keys() == self.tasks.keys()
        for task in self.tasks.values():
            row = rows[task.id]
            assert (row.lease_token, row.lease_owner) == (task.token, task.owner)
            assert (row.lease_until, row.text) == (task.until, task.text)
            assert (row.times_asked, row.times_skipped) == (task.times_asked, task.times_skipped)
            assert (row.state is TaskState.ANSWERED) == (task.answer is not None)
            assert (row.state is TaskState.LEASED) == (task.token is not None)

    def _every_answered_task_has_exactly_one_verdict(self, stored: Rows) -> None:
        answered = [task for task in self.tasks.values() if task.answer is not None]
        given = sorted((row.task_id, row.answer) for row in stored)
        assert given == sorted((task.id, task.answer) for task in answered)

    def _every_change_of_state_has_its_event(self, stored: Rows) -> None:
        written: dict[str, list[str]] = {str(task_id): [] for task_id in self.tasks}
        for row in stored:
            written[row.subject_id].append(row.kind)
        assert written == {str(task.id): task.events for task in self.tasks.values()}

    def _under(self, lease: tuple[UUID, UUID], act: Callable[[], object]) -> bool:
        """Act; return whether the lease was live. Under a dead lease nothing may change."""
        task_id, token = lease
        task = self.tasks[task_id]
        if task.token == token and task.until is not None and task.until > self.clock.now:
            act()
            return True
        before = self._rows()
        expected = LeaseLost if task.answer is None else AlreadyAnswered
        assert isinstance(_refusal(act), expected)
        assert self._rows() == before
        return False

    def _rows(self) -> dict[str, Rows]:
        with self.engine.connect() as connection:
            return {name: connection.execute(query).all() for name, query in CONTENT.items()}


def _refusal(act: Callable[[], object]) -> ServiceError | None:
    try:
        act()
    except ServiceError as refusal:
        return refusal
    return None


def test_leases_behave_as_the_model_says(engine: Engine) -> None:
    class LeasesOfThisDatabase(Leases):
        def __init__(self) -> None:
            super().__init__(engine)

    run_state_machine_as_test(
        LeasesOfThisDatabase,
        settings=settings(max_examples=20, stateful_step_count=25, deadline=None),
    )
