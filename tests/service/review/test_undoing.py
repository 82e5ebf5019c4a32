"""Answers are taken back by another verdict: by who gave them, or all of them by an admin."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from service.database.tables import Answer, TaskStage, TaskState
from service.errors import (
    AnsweredSince,
    LeaseSecondsOutOfRange,
    NotAnswered,
    NothingToUndo,
    QueryAskedAgain,
    ServiceError,
    TaskClosed,
    TaskHeld,
    TaskNotFound,
    UndoTooLate,
)
from service.review.policy import Opening
from service.review.reading import TaskHistory
from service.review.service import ReviewQueue
from tests.service.conftest import FakeClock
from tests.service.review.queues import event_kinds, queue_of, reader_of
from tests.service.review.test_second_opinions import get, open_task, say, submit, verified

ACCEPTED, NONE, UNSURE = Answer.ACCEPTED, Answer.NONE, Answer.UNSURE


@dataclass
class Told:
    """What a listener is told, in its order."""

    told: list[tuple[str, UUID]] = field(default_factory=list)

    def verdict_given(self, connection: Any, task_id: UUID) -> None:
        del connection
        self.told.append(("given", task_id))

    def verdict_withdrawn(self, connection: Any, task_id: UUID) -> None:
        del connection
        self.told.append(("withdrawn", task_id))


@pytest.fixture
def listener() -> Told:
    return Told()


@pytest.fixture
def queue(engine: Engine, clock: FakeClock, listener: Told) -> ReviewQueue:
    return replace(queue_of(engine, clock), listeners=(listener,))


@pytest.fixture
def task_id(queue: ReviewQueue) -> UUID:
    return open_task(queue)


def test_a_verdict_that_is_taken_back_stays_in_the_history(
    queue: ReviewQueue, task_id: UUID, clock: FakeClock
) -> None:
    given = say(queue, "ann", ACCEPTED, "p1").verdict
    again = queue.undo(task_id, "ann", 60)
    assert (again.state, again.lease_owner, again.verdict_id) == (TaskState.LEASED, "ann", None)
    clock.advance(1)
    submit(queue, again, "ann", ACCEPTED, "p2")
    first, withdrawn, second = history(queue, task_id).verdicts
    assert (first, withdrawn.answer, withdrawn.supersedes) == (given, Answer.WITHDRAWN, first.id)
    assert (second.product_ids, second.supersedes) == (("p2",), None)
    assert get(queue, task_id).verdict_id == second.id
    kinds = ["created", "claimed", "answered", "undone", "answered"]
    assert event_kinds(queue.engine, task_id) == kinds


def test_an_undone_verdict_answers_nothing(queue: ReviewQueue, task_id: UUID) -> None:
    say(queue, "ann", ACCEPTED, "p1")
    assert verified(queue) is ACCEPTED
    queue.undo(task_id, "ann", 60)
    assert verified(queue) is None


def test_what_follows_from_final_verdicts_is_told_when_one_is_taken_back(
    queue: ReviewQueue, task_id: UUID, listener: Told
) -> None:
    say(queue, "ann", UNSURE)
    queue.undo(task_id, "ann", 60)
    assert listener.told == []
    queue.release(task_id, token(queue, task_id), "ann")
    say(queue, "ann", NONE)
    queue.undo(task_id, "ann", 60)
    assert listener.told == [("given", task_id), ("withdrawn", task_id)]


def test_an_opinion_can_be_taken_back_while_nobody_has_the_task(
    queue: ReviewQueue, task_id: UUID
) -> None:
    say(queue, "ann", UNSURE)
    again = queue.undo(task_id, "ann", 60)
    assert again.opinions_wanted == 1  # nobody is unsure any more
    assert submit(queue, again, "ann", NONE).state is TaskState.ANSWERED
    assert "opinion_undone" in event_kinds(queue.engine, task_id)


def test_an_undone_unsure_is_drawn_anew(queue: ReviewQueue, task_id: UUID) -> None:
    say(queue, "ann", UNSURE)
    drawn = replace(queue, opening=Opening(1.0, None, lambda: 0.0))
    assert drawn.undo(task_id, "ann", 60).opinions_wanted == 2


def test_who_made_it_a_disagreement_can_take_that_back(queue: ReviewQueue, task_id: UUID) -> None:
    say(queue, "ann", UNSURE)
    assert say(queue, "ben", NONE).state is TaskState.ADJUDICATE
    again = queue.undo(task_id, "ben", 60)
    assert (again.stage, again.opinions, again.opinions_wanted) == (TaskStage.OPINION, (), 2)


def test_an_adjudication_that_is_taken_back_is_still_one(queue: ReviewQueue, task_id: UUID) -> None:
    say(queue, "ann", UNSURE)
    say(queue, "ben", NONE)
    say(queue, "cas", ACCEPTED, "p1")
    again = queue.undo(task_id, "cas", 60)
    assert again.stage is TaskStage.ADJUDICATION
    assert [one.person for one in again.opinions] == ["ann", "ben"]


class TestNothingIsTakenBack:
    """Each refusal has its own code, and leaves everything as it was."""

    def test_of_somebody_else(self, queue: ReviewQueue, task_id: UUID) -> None:
        say(queue, "ann", NONE)
        refused(queue, task_id, "ben", NothingToUndo)

    def test_twice(self, queue: ReviewQueue, task_id: UUID) -> None:
        say(queue, "ann", NONE)
        queue.undo(task_id, "ann", 60)
        refused(queue, task_id, "ann", NothingToUndo)

    def test_after_the_time_for_it(
        self, queue: ReviewQueue, task_id: UUID, clock: FakeClock
    ) -> None:
        say(queue, "ann", NONE)
        clock.advance(599)
        patient = replace(queue, undo_within=timedelta(minutes=11))
        clock.advance(1)
        refused(queue, task_id, "ann", UndoTooLate)
        assert patient.undo(task_id, "ann", 60).id == task_id

    def test_while_somebody_else_works_on_it(
        self, queue: ReviewQueue, task_id: UUID, clock: FakeClock
    ) -> None:
        say(queue, "ann", UNSURE)
        queue.claim("ben", 1, 60)
        refused(queue, task_id, "ann", TaskHeld)
        clock.advance(60)
        assert queue.undo(task_id, "ann", 60).lease_owner == "ann"
        assert event_kinds(queue.engine, task_id)[-2:] == ["expired", "opinion_undone"]

    def test_once_somebody_else_has_answered(self, queue: ReviewQueue, task_id: UUID) -> None:
        say(queue, "ann", UNSURE)
        say(queue, "ben", NONE)
        refused(queue, task_id, "ann", AnsweredSince)

    def test_of_a_task_that_outlived_its_time(self, queue: ReviewQueue, clock: FakeClock) -> None:
        short = replace(queue, opening=Opening(0.0, timedelta(seconds=90)))
        task_id = open_task(short, "short")
        say(short, "ann", UNSURE)
        clock.advance(90)
        with pytest.raises(TaskClosed):
            short.undo(task_id, "ann", 60)

    def test_when_the_query_waits_as_another_task(self, queue: ReviewQueue, task_id: UUID) -> None:
        say(queue, "ann", NONE)
        assert open_task(queue) != task_id
        refused(queue, task_id, "ann", QueryAskedAgain)

    def test_of_an_unknown_task(self, queue: ReviewQueue) -> None:
        with pytest.raises(TaskNotFound):
            queue.undo(uuid4(), "ann", 60)

    def test_for_a_lease_that_is_too_short(self, queue: ReviewQueue, task_id: UUID) -> None:
        say(queue, "ann", NONE)
        refused(queue, task_id, "ann", LeaseSecondsOutOfRange, seconds=9)


class TestReopen:
    def test_all_that_was_said_is_taken_back(
        self, queue: ReviewQueue, task_id: UUID, listener: Told
    ) -> None:
        say(queue, "ann", UNSURE)
        say(queue, "ben", NONE)
        say(queue, "cas", ACCEPTED, "p1")
        task = queue.reopen(task_id, "boss", "wrong colour")
        assert (task.state, task.stage) == (TaskState.OPEN, TaskStage.OPINION)
        said = history(queue, task_id).verdicts
        taken_back = [one for one in said if one.answer is Answer.WITHDRAWN]
        assert {one.supersedes for one in taken_back} == {one.id for one in said[:3]}
        assert {(one.person, one.comment) for one in taken_back} == {("boss", "wrong colour")}
        assert verified(queue) is None
        assert listener.told == [("given", task_id), ("withdrawn", task_id)]
        last = history(queue, task_id).events[-1]
        assert (last.kind, last.actor, last.details["reason"]) == (
            "reopened",
            "boss",
            "wrong colour",
        )

    def test_the_task_is_asked_from_the_start(self, queue: ReviewQueue, task_id: UUID) -> None:
        say(queue, "ann", NONE)
        queue.reopen(task_id, "boss", "look again")
        assert say(queue, "ann", ACCEPTED, "p1").state is TaskState.ANSWERED
        assert verified(queue) is ACCEPTED

    def test_its_lifetime_begins_anew(self, queue: ReviewQueue, clock: FakeClock) -> None:
        short = replace(queue, opening=Opening(0.0, timedelta(seconds=90)))
        task_id = open_task(short, "short")
        say(short, "ann", NONE)
        clock.advance(1000)
        task = short.reopen(task_id, "boss", "look again")
        assert task.expires_at == clock.now + timedelta(seconds=90)

    def test_what_is_not_answered_cannot_be_overturned(
        self, queue: ReviewQueue, task_id: UUID
    ) -> None:
        with pytest.raises(NotAnswered):
            queue.reopen(task_id, "boss", "look again")
        with pytest.raises(TaskNotFound):
            queue.reopen(uuid4(), "boss", "look again")

    def test_a_query_has_one_waiting_task(self, queue: ReviewQueue, task_id: UUID) -> None:
        say(queue, "ann", NONE)
        open_task(queue)
        before = history(queue, task_id)
        with pytest.raises(QueryAskedAgain):
            queue.reopen(task_id, "boss", "look again")
        assert history(queue, task_id) == before


def refused(
    queue: ReviewQueue,
    task_id: UUID,
    person: str,
    error: type[ServiceError],
    seconds: int = 60,
) -> None:
    before = history(queue, task_id)
    with pytest.raises(error):
        queue.undo(task_id, person, seconds)
    assert history(queue, task_id) == before


def history(queue: ReviewQueue, task_id: UUID) -> TaskHistory:
    return reader_of(queue.engine, queue.clock).history(task_id)


def token(queue: ReviewQueue, task_id: UUID) -> UUID:
    found = get(queue, task_id).lease_token
    assert found is not None
    return found
