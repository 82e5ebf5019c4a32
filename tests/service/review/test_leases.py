"""The queue against a model: whatever people do and whenever, no task is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

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
from service.errors import ServiceError
from service.review import repository
from service.review.policy import Opening
from service.review.service import ReviewQueue
from service.review.tasks import ReviewTask
from tests.service.conftest import FakeClock
from tests.service.review.model import Expected, Opinion
from tests.service.review.queues import new_task, query_key, queue_of

Rows = Sequence[Row[Any]]
PEOPLE = st.sampled_from(["ann", "ben", "cas", "dee"])
ANSWERS: list[tuple[Answer, list[str]]] = [
    (Answer.ACCEPTED, ["p1"]),
    (Answer.ACCEPTED, ["p2"]),
    (Answer.NONE, []),
    (Answer.UNSURE, []),
]
Lease = tuple[UUID, UUID, str]  # a task, the token and who claimed it
UNDO = timedelta(seconds=100)
LIFETIME = timedelta(seconds=1500)
CONTENT: dict[str, Select[Any]] = {
    "tasks": select(ReviewTaskRow.__table__).order_by(ReviewTaskRow.id),
    "verdicts": select(VerdictRow.__table__).order_by(VerdictRow.created_at, VerdictRow.id),
    "events": select(EventRow.__table__).order_by(EventRow.id),
}


class People(RuleBasedStateMachine):
    """Asks, claims, answers and takes back at random, and compares the database with the model."""

    handed_out = Bundle("handed_out")  # every (task, token, person) ever claimed, live or stale

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine, self.clock = engine, FakeClock()
        self.wants_two = False
        opening = Opening(0.5, LIFETIME, lambda: 0.0 if self.wants_two else 0.9)
        self.listener = FinalVerdicts()
        self.queue = ReviewQueue(
            engine=engine,
            clock=self.clock,
            has_product=queue_of(engine, self.clock).has_product,
            listeners=(self.listener,),
            new_id=uuid4,
            lease_min_seconds=10,
            lease_max_seconds=3600,
            undo_within=UNDO,
            opening=opening,
        )
        self.tasks: dict[UUID, Expected] = {}
        with transaction(engine) as connection:
            connection.execute(text("truncate events, verdicts, decisions, review_tasks cascade"))

    @rule(asked=st.sampled_from(["a", "b", "c"]), wants_two=st.booleans())
    def ask(self, asked: str, wants_two: bool) -> None:
        self.wants_two = wants_two
        self.clock.advance(0.001)  # so that tasks have an order that does not depend on their ids
        with transaction(self.engine) as connection:
            stored = repository.open_tasks(
                connection, self.clock, [new_task(asked)], self.queue.opening
            )
        task_id = stored[query_key(asked)]
        waiting = [task for task in self.tasks.values() if task.text == asked and task.waits]
        if waiting:
            assert [task.id for task in waiting] == [task_id]
            waiting[0].expires_at = self.clock.now + LIFETIME
            return
        assert task_id not in self.tasks
        now, wanted = self.clock.now, 2 if wants_two else 1
        self.tasks[task_id] = Expected(task_id, asked, now, now + LIFETIME, wanted)

    @rule(
        target=handed_out,
        person=PEOPLE,
        count=st.integers(1, 3),
        seconds=st.sampled_from([10, 60, 600]),
    )
    def claim(self, person: str, count: int, seconds: int) -> object:
        return multiple(*self._claim(person, count, seconds))

    @rule(target=handed_out, person=PEOPLE, said=st.sampled_from(ANSWERS))
    def claim_and_answer(self, person: str, said: tuple[Answer, list[str]]) -> object:
        claimed = self._claim(person, 1, 60)
        for lease in claimed:
            self._submit(lease, said)
        return multiple(*claimed)

    def _claim(self, person: str, count: int, seconds: int) -> list[Lease]:
        for task in self.tasks.values():
            task.sweep(self.clock.now)
        free = [task for task in self.tasks.values() if task.free_for(person)]
        due = sorted(free, key=lambda task: (task.times_skipped, task.created_at, task.id))
        claimed = self.queue.claim(person, count, seconds)
        assert [task.id for task in claimed] == [task.id for task in due[:count]]
        for leased, known in zip(claimed, due, strict=False):
            self._holds(leased, known, person, seconds, "claimed")
            shown = [(one.person, one.answer) for one in leased.opinions]
            assert shown == ([one.key for one in known.opinions] if known.split else [])
        return [(one.id, one.lease_token or one.id, person) for one in claimed]

    @rule(seconds=st.sampled_from([1, 9, 10, 59, 100, 600]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule(lease=handed_out, seconds=st.sampled_from([10, 600]))
    def renew(self, lease: Lease, seconds: int) -> None:
        if self._under(lease, lambda: self.queue.renew(*lease, seconds)):
            task = self.tasks[lease[0]]
            task.until = self.clock.now + timedelta(seconds=seconds)
            task.events.append("renewed")

    @rule(lease=handed_out, skip=st.booleans())
    def release(self, lease: Lease, skip: bool) -> None:
        if self._under(lease, lambda: self.queue.release(*lease, skip=skip)):
            self.tasks[lease[0]].times_skipped += int(skip)
            self.tasks[lease[0]].end_lease("skipped" if skip else "released")

    @rule(lease=handed_out, said=st.sampled_from(ANSWERS), twice=st.booleans())
    def submit(self, lease: Lease, said: tuple[Answer, list[str]], twice: bool) -> None:
        self._submit(lease, said, times=2 if twice else 1)

    def _submit(self, lease: Lease, said: tuple[Answer, list[str]], times: int = 1) -> None:
        task_id, _, person = lease
        for _ in range(times):
            if self._under(lease, lambda: self.queue.submit(*lease, *said)):
                answer, products = said
                opinion = Opinion(person, answer, frozenset(products), self.clock.now)
                if self.tasks[task_id].give(opinion):
                    self.listener.expect(given=task_id)
            self.clock.advance(0.001)  # so that verdicts have an order

    @rule(target=handed_out, lease=handed_out, person=PEOPLE, wants_two=st.booleans())
    def undo(self, lease: Lease, person: str, wants_two: bool) -> object:
        return self._undo(self.tasks[lease[0]], person, wants_two)

    @rule(target=handed_out, which=st.integers(0, 9), wants_two=st.booleans())
    def undo_the_last_answer_to_a_task(self, which: int, wants_two: bool) -> object:
        answered = [task for task in self.tasks.values() if task.opinions]
        if not answered:
            return multiple()
        task = answered[which % len(answered)]
        return self._undo(task, task.opinions[-1].person, wants_two)

    def _undo(self, task: Expected, person: str, wants_two: bool) -> object:
        self.wants_two = wants_two
        before = self._rows()
        code = task.undo_refused(person, self.clock.now, UNDO)
        asked_again = task.ended and any(
            other.waits and other.text == task.text for other in self.tasks.values()
        )
        if code is None and asked_again:
            code = "query_asked_again"
        if code is not None:
            refused = _refusal(lambda: self.queue.undo(task.id, person, 60))
            assert refused is not None
            assert refused.code == code
            assert self._rows() == before
            return multiple()
        task.sweep(self.clock.now)
        again = self.queue.undo(task.id, person, 60)
        if task.withdraw(2 if wants_two else 1):
            self.listener.expect(withdrawn=task.id)
            kind = "undone"
        else:
            kind = "opinion_undone"
        self._holds(again, task, person, 60, kind)
        return (task.id, again.lease_token, person)

    @rule(lease=handed_out)
    def reopen(self, lease: Lease) -> None:
        task = self.tasks[lease[0]]
        waits_again = any(one.waits and one.text == task.text for one in self.tasks.values())
        if task.final is None or waits_again:
            before = self._rows()
            refused = _refusal(lambda: self.queue.reopen(task.id, "boss", "wrong colour"))
            assert refused is not None
            assert refused.code == ("not_answered" if task.final is None else "query_asked_again")
            assert self._rows() == before
            return
        self.queue.reopen(task.id, "boss", "wrong colour")
        task.reopen(self.clock.now + LIFETIME)
        self.listener.expect(withdrawn=task.id)

    @invariant()
    def the_database_is_as_the_model_says(self) -> None:
        rows = self._rows()
        self._the_tasks_are_those_of_the_model(rows["tasks"])
        self._the_current_verdicts_are_those_of_the_model(rows["verdicts"])
        self._every_change_of_state_has_its_event(rows["events"])
        assert self.listener.told == self.listener.expected

    def _holds(
        self, task: ReviewTask, known: Expected, person: str, seconds: int, event: str
    ) -> None:
        assert task.lease_token not in (None, known.token)
        known.token, known.owner = task.lease_token, person
        known.until = self.clock.now + timedelta(seconds=seconds)
        known.events.append(event)

    def _the_tasks_are_those_of_the_model(self, stored: Rows) -> None:
        rows = {row.id: row for row in stored}
        assert rows.keys() == self.tasks.keys()
        for task in self.tasks.values():
            row = rows[task.id]
            assert (row.lease_token, row.lease_owner) == (task.token, task.owner)
            assert (row.lease_until, row.text) == (task.until, task.text)
            assert (row.state, row.times_skipped) == (task.state, task.times_skipped)
            assert (row.stage, row.opinions_wanted) == (task.stage, task.wanted)
            assert (row.state is TaskState.ANSWERED) == (row.verdict_id is not None)

    def _the_current_verdicts_are_those_of_the_model(self, stored: Rows) -> None:
        taken_back = {row.supersedes for row in stored}
        current: dict[UUID, list[Any]] = {task_id: [] for task_id in self.tasks}
        for row in stored:
            if row.answer is not Answer.WITHDRAWN and row.id not in taken_back:
                current[row.task_id].append(row)
        for task in self.tasks.values():
            given = [(row.person, row.answer) for row in current[task.id]]
            assert given == [one.key for one in task.opinions]
            assert len({person for person, _ in given}) == len(given)
        final = {row.id: row.verdict_id for row in self._rows()["tasks"] if row.verdict_id}
        assert final == {
            task.id: current[task.id][-1].id for task in self.tasks.values() if task.final
        }

    def _every_change_of_state_has_its_event(self, stored: Rows) -> None:
        written: dict[str, list[str]] = {str(task_id): [] for task_id in self.tasks}
        for row in stored:
            written[row.subject_id].append(row.kind)
        assert written == {str(task.id): task.events for task in self.tasks.values()}
        for kinds in written.values():
            holds = [kind in ("claimed", "undone", "opinion_undone") for kind in kinds]
            assert not any(one and other for one, other in pairwise(holds)), "one lease at a time"

    def _under(self, lease: Lease, act: Callable[[], object]) -> bool:
        """Act; return whether the lease was live. Under a dead lease nothing may change."""
        task_id, token, person = lease
        task = self.tasks[task_id]
        if task.token == token and task.until is not None and task.until > self.clock.now:
            act()
            return True
        before = self._rows()
        refused = _refusal(act)
        assert refused is not None
        assert refused.code == task.refusal(person)
        assert self._rows() == before
        return False

    def _rows(self) -> dict[str, Rows]:
        with self.engine.connect() as connection:
            return {name: connection.execute(query).all() for name, query in CONTENT.items()}


class FinalVerdicts:
    """What is told of final verdicts, and what should have been."""

    def __init__(self) -> None:
        self.told: list[tuple[str, UUID]] = []
        self.expected: list[tuple[str, UUID]] = []

    def expect(self, *, given: UUID | None = None, withdrawn: UUID | None = None) -> None:
        self.expected += [("given", given)] if given else []
        self.expected += [("withdrawn", withdrawn)] if withdrawn else []

    def verdict_given(self, connection: Any, task_id: UUID) -> None:
        assert _verdict_id(connection, task_id) is not None
        self.told.append(("given", task_id))

    def verdict_withdrawn(self, connection: Any, task_id: UUID) -> None:
        assert _verdict_id(connection, task_id) is None
        self.told.append(("withdrawn", task_id))


def _verdict_id(connection: Any, task_id: UUID) -> UUID | None:
    query = select(ReviewTaskRow.verdict_id).where(ReviewTaskRow.id == task_id)
    found: UUID | None = connection.execute(query).scalar_one()
    return found


def _refusal(act: Callable[[], object]) -> ServiceError | None:
    try:
        act()
    except ServiceError as refusal:
        return refusal
    return None


def test_the_queue_behaves_as_the_model_says(engine: Engine) -> None:
    class PeopleOfThisDatabase(People):
        def __init__(self) -> None:
            super().__init__(engine)

    run_state_machine_as_test(
        PeopleOfThisDatabase,
        settings=settings(max_examples=25, stateful_step_count=40, deadline=None),
    )
