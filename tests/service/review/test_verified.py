from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Engine

from service.database.tables import Answer
from service.recommend.said import read_said
from service.review.tasks import VerifiedAnswer
from tests.service.conftest import FakeClock
from tests.service.review.queues import ask, query_key, queue_of


def test_an_accepted_verdict_is_a_verified_answer(engine: Engine, clock: FakeClock) -> None:
    ask(engine, clock, "same")
    task_id = _answer(engine, clock, Answer.ACCEPTED, "p2", "p4")
    expected = VerifiedAnswer(task_id, Answer.ACCEPTED, ("p2", "p4"), "ann", clock.now)
    assert _verified(engine, "same", "never asked") == {query_key("same"): expected}


def test_unsure_is_not_reused(engine: Engine, clock: FakeClock) -> None:
    ask(engine, clock, "same")
    _answer(engine, clock, Answer.UNSURE)
    assert _verified(engine, "same") == {}


def test_the_newest_certain_verdict_counts(engine: Engine, clock: FakeClock) -> None:
    given = [(Answer.ACCEPTED, "p1"), (Answer.NONE, None), (Answer.UNSURE, None)]
    for answer, product in given:
        ask(engine, clock, "same")
        _answer(engine, clock, answer, *([product] if product else []))
        clock.advance(60)
    assert _verified(engine, "same")[query_key("same")].answer is Answer.NONE


def _answer(engine: Engine, clock: FakeClock, answer: Answer, *products: str) -> UUID:
    queue = queue_of(engine, clock)
    (task,) = queue.claim("ann", 1, 60)
    assert task.lease_token is not None
    queue.submit(task.id, task.lease_token, "ann", answer, products)
    return task.id


def _verified(engine: Engine, *texts: str) -> Mapping[bytes, VerifiedAnswer]:
    with engine.connect() as connection:
        return read_said(connection, [query_key(text) for text in texts], []).verified
