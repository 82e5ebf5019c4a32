"""A short way to what people say, task by task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from uuid import UUID

from sqlalchemy import Engine

from service.database.engine import transaction
from service.database.tables import Answer
from service.review import repository
from service.review.policy import Opening
from tests.service.conftest import FakeClock
from tests.service.review.queues import new_task, queue_of

TWO_OPINIONS = Opening(second_opinion_share=1.0, lot=lambda: 0.0)
UNSURE, NONE = "unsure", "none"

_numbers = count()


def say(
    engine: Engine,
    clock: FakeClock,
    opinions: Mapping[str, str],
    *,
    brand: str | None = "Bosch",
    text: str | None = None,
    seconds: float = 0,
) -> UUID:
    """Ask a query of which each person says: products with a plus between them, none or unsure."""
    attributes = {} if brand is None else {"brand": brand}
    task = replace(new_task(text or f"query {next(_numbers)}"), attributes=attributes)
    clock.advance(1)  # so that it is claimed after those before
    with transaction(engine) as connection:
        (task_id,) = repository.open_tasks(connection, clock, [task], TWO_OPINIONS).values()
    for person, said in opinions.items():
        answer(engine, clock, person, said, seconds)
        clock.advance(1)
    return task_id


def answer(engine: Engine, clock: FakeClock, person: str, said: str, seconds: float = 0) -> UUID:
    """Let a person answer the next task after so many seconds."""
    queue = queue_of(engine, clock)
    (task,) = queue.claim(person, 1, 600)
    clock.advance(seconds)
    token = task.lease_token
    assert token is not None
    if said in (UNSURE, NONE):
        queue.submit(task.id, token, person, Answer(said))
    else:
        queue.submit(task.id, token, person, Answer.ACCEPTED, said.split("+"))
    return task.id
