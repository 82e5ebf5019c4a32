"""What the review queue does is what webhooks are told: by its real rules."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, update

from service.database.engine import transaction
from service.database.tables import Answer, ReviewTaskRow
from service.review.service import ReviewQueue
from tests.service.conftest import FakeClock
from tests.service.review.queues import ask, queue_of
from tests.service.webhooks.senders import add_webhook, stored


@pytest.fixture
def queue(engine: Engine, clock: FakeClock) -> ReviewQueue:
    add_webhook(engine, clock, "http://127.0.0.1:9/")
    return queue_of(engine, clock)


def _change(engine: Engine, task_id: UUID, **values: object) -> None:
    with transaction(engine) as connection:
        connection.execute(
            update(ReviewTaskRow).where(ReviewTaskRow.id == task_id).values(**values)
        )


def _answer(queue: ReviewQueue, person: str, *product_ids: str) -> UUID:
    (task,) = queue.claim(person, 1, 60)
    assert task.lease_token is not None
    answer = Answer.ACCEPTED if product_ids else Answer.NONE
    queue.submit(task.id, task.lease_token, person, answer, product_ids)
    return task.id


def _types(engine: Engine) -> list[str]:
    return [delivery.type for delivery in stored(engine)]


def test_an_answer_that_is_taken_back_is_told(
    engine: Engine, clock: FakeClock, queue: ReviewQueue
) -> None:
    ask(engine, clock, "bosch")
    task_id = _answer(queue, "ann", "p1")
    queue.undo(task_id, "ann", 60)
    assert _types(engine) == ["review.answered", "review.reopened"]


def test_an_answer_that_is_overturned_is_told(
    engine: Engine, clock: FakeClock, queue: ReviewQueue
) -> None:
    ask(engine, clock, "bosch")
    queue.reopen(_answer(queue, "ann"), "root", "a mistake")
    assert _types(engine) == ["review.answered", "review.reopened"]


def test_people_who_disagree_are_told_of_when_they_do(
    engine: Engine, clock: FakeClock, queue: ReviewQueue
) -> None:
    (task_id,) = ask(engine, clock, "bosch")
    _change(engine, task_id, opinions_wanted=2)
    _answer(queue, "ann", "p1")
    assert _types(engine) == []  # the first opinion answers nothing
    _answer(queue, "bob", "p2")
    _answer(queue, "eve", "p2")
    assert _types(engine) == ["review.adjudicate", "review.answered"]


def test_a_task_that_outlived_its_time_is_told(
    engine: Engine, clock: FakeClock, queue: ReviewQueue
) -> None:
    (task_id,) = ask(engine, clock, "bosch")
    _change(engine, task_id, expires_at=clock.now + timedelta(hours=1))
    clock.advance(7200)
    assert queue.claim("ann", 1, 60) == []
    assert _types(engine) == ["review.closed"]
