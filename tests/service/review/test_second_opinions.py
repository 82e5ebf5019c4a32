"""Two opinions, and a third person where they differ: who gets a task, and what they see."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from service.database.engine import transaction
from service.database.tables import Answer, TaskStage, TaskState
from service.errors import AlreadyAnswered, OpinionGiven
from service.recommend.said import read_said
from service.review import repository
from service.review.answering import Given
from service.review.policy import Opening
from service.review.service import ReviewQueue
from service.review.tasks import ReviewTask
from tests.service.conftest import FakeClock
from tests.service.review.queues import (
    event_kinds,
    new_task,
    query_key,
    queue_of,
    reader_of,
)

ACCEPTED, NONE, UNSURE = Answer.ACCEPTED, Answer.NONE, Answer.UNSURE


@pytest.fixture
def queue(engine: Engine, clock: FakeClock) -> ReviewQueue:
    """A queue in which every task wants two opinions."""
    return replace(queue_of(engine, clock), opening=Opening(1.0, None, lambda: 0.0))


@pytest.fixture
def task_id(queue: ReviewQueue) -> UUID:
    return open_task(queue)


def test_nobody_is_asked_twice(queue: ReviewQueue, task_id: UUID) -> None:
    say(queue, "ann", NONE)
    assert queue.claim("ann", 5, 60) == []
    assert [task.id for task in queue.claim("ben", 5, 60)] == [task_id]


def test_two_who_agree_answer_with_the_later_verdict(queue: ReviewQueue, task_id: UUID) -> None:
    assert say(queue, "ann", ACCEPTED, "p1", "p2").state is TaskState.OPEN
    final = say(queue, "ben", ACCEPTED, "p2", "p1")
    assert final.state is TaskState.ANSWERED
    assert get(queue, task_id).verdict_id == final.verdict.id
    assert event_kinds(queue.engine, task_id)[-3:] == ["opinion_given", "claimed", "answered"]


def test_one_opinion_of_two_answers_no_query(queue: ReviewQueue, task_id: UUID) -> None:
    say(queue, "ann", NONE)
    assert verified(queue) is None
    say(queue, "ben", NONE)
    assert verified(queue) is NONE


def test_a_third_person_sees_both_and_decides(queue: ReviewQueue, task_id: UUID) -> None:
    say(queue, "ann", ACCEPTED, "p1", comment="same colour")
    assert say(queue, "ben", NONE).state is TaskState.ADJUDICATE
    assert queue.claim("ann", 5, 60) == queue.claim("ben", 5, 60) == []
    [task] = queue.claim("cas", 5, 60)
    shown = [(one.person, one.answer, one.product_ids, one.comment) for one in task.opinions]
    assert shown == [("ann", ACCEPTED, ("p1",), "same colour"), ("ben", NONE, (), None)]
    given = submit(queue, task, "cas", ACCEPTED, "p1")
    assert (given.state, given.verdict.stage) == (TaskState.ANSWERED, TaskStage.ADJUDICATION)
    assert verified(queue) is ACCEPTED


def test_opinions_are_not_shown_to_who_gives_the_second(queue: ReviewQueue, task_id: UUID) -> None:
    say(queue, "ann", NONE)
    [task] = queue.claim("ben", 1, 60)
    assert (task.id, task.opinions) == (task_id, ())


def test_who_adjudicates_and_is_unsure_is_not_asked_again(
    queue: ReviewQueue, task_id: UUID
) -> None:
    say(queue, "ann", NONE)
    say(queue, "ben", UNSURE)
    assert say(queue, "cas", UNSURE).state is TaskState.ADJUDICATE
    assert queue.claim("cas", 5, 60) == []
    assert say(queue, "dee", NONE).state is TaskState.ANSWERED


def test_a_lease_on_a_disagreement_ends_as_one(
    queue: ReviewQueue, task_id: UUID, clock: FakeClock
) -> None:
    say(queue, "ann", NONE)
    say(queue, "ben", ACCEPTED, "p1")
    [task] = queue.claim("cas", 1, 60)
    assert task.lease_token is not None
    queue.release(task.id, task.lease_token, "cas")
    assert get(queue, task_id).state is TaskState.ADJUDICATE
    queue.claim("cas", 1, 60)
    clock.advance(60)
    [again] = queue.claim("dee", 1, 60)
    assert again.stage is TaskStage.ADJUDICATION


def test_a_person_who_holds_a_task_with_an_opinion_on_it_cannot_give_another(
    queue: ReviewQueue, task_id: UUID
) -> None:
    say(queue, "ann", NONE)
    [task] = queue.claim("ben", 1, 60)
    with transaction(queue.engine) as connection:
        connection.execute(text("update review_tasks set lease_owner = 'ann'"))
    before = reader_of(queue.engine, queue.clock).history(task_id)
    with pytest.raises(OpinionGiven):
        submit(queue, task, "ann", ACCEPTED, "p1")
    assert reader_of(queue.engine, queue.clock).history(task_id) == before


def test_a_second_submit_says_why_it_is_refused(queue: ReviewQueue, task_id: UUID) -> None:
    [task] = queue.claim("ann", 1, 60)
    submit(queue, task, "ann", NONE)
    with pytest.raises(OpinionGiven):
        submit(queue, task, "ann", NONE)
    [again] = queue.claim("ben", 1, 60)
    submit(queue, again, "ben", NONE)
    with pytest.raises(AlreadyAnswered):
        submit(queue, again, "ben", NONE)


def test_the_time_from_claim_to_answer_is_kept(
    queue: ReviewQueue, task_id: UUID, clock: FakeClock
) -> None:
    [task] = queue.claim("ann", 1, 600)
    clock.advance(42.5)
    assert submit(queue, task, "ann", NONE).verdict.seconds == 42.5


@pytest.mark.parametrize(("share", "wanted"), [(0.0, 1), (0.3, 1), (0.31, 2), (1.0, 2)])
def test_a_lot_decides_how_many_opinions_a_new_task_wants(
    queue: ReviewQueue, share: float, wanted: int
) -> None:
    drawn = replace(queue, opening=Opening(share, None, lambda: 0.3))
    assert get(queue, open_task(drawn)).opinions_wanted == wanted


def test_a_query_asked_again_keeps_what_was_drawn(queue: ReviewQueue, task_id: UUID) -> None:
    once = replace(queue, opening=Opening(0.0))
    assert open_task(once) == task_id
    assert get(queue, task_id).opinions_wanted == 2


def open_task(queue: ReviewQueue, asked: str = "bosch kgn39") -> UUID:
    with transaction(queue.engine) as connection:
        stored = repository.open_tasks(connection, queue.clock, [new_task(asked)], queue.opening)
    return stored[query_key(asked)]


def say(
    queue: ReviewQueue, person: str, answer: Answer, *products: str, comment: str | None = None
) -> Given:
    """Let somebody claim the next task and answer it."""
    [task] = queue.claim(person, 1, 60)
    return submit(queue, task, person, answer, *products, comment=comment)


def submit(
    queue: ReviewQueue,
    task: ReviewTask,
    person: str,
    answer: Answer,
    *products: str,
    comment: str | None = None,
) -> Given:
    assert task.lease_token is not None
    given = queue.submit(task.id, task.lease_token, person, answer, products, comment)
    assert isinstance(queue.clock, FakeClock)
    queue.clock.advance(1)
    return given


def get(queue: ReviewQueue, task_id: UUID) -> ReviewTask:
    return reader_of(queue.engine, queue.clock).history(task_id).task


def verified(queue: ReviewQueue, asked: str = "bosch kgn39") -> Answer | None:
    with transaction(queue.engine) as connection:
        found = read_said(connection, [query_key(asked)], []).verified
    return found[query_key(asked)].answer if found else None
