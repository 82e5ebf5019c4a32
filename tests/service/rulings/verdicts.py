"""Short ways to get verdicts on texts, to take them back, and to see what they rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Engine

from service.database.tables import Answer, Ruling
from service.review.service import ReviewQueue
from service.rulings.rulings import StoredRuling
from service.rulings.service import RulingBook, RulingKeeper
from tests.service.conftest import FakeClock
from tests.service.review.queues import CATALOGUE, ask, queue_of


def book_of(engine: Engine, clock: FakeClock) -> RulingBook:
    return RulingBook(engine, clock, CATALOGUE.__contains__)


def answer(
    engine: Engine,
    clock: FakeClock,
    text: str,
    given: Answer,
    *products: str,
    source: str = "shop",
    person: str = "ann",
) -> UUID:
    """Ask a text and answer its task, the only one that is open; returns the task."""
    clock.advance(1)
    queue = _queue(engine, clock)
    ask(engine, clock, text, source=source)
    (task,) = queue.claim(person, 1, 60)
    assert task.lease_token is not None
    queue.submit(task.id, task.lease_token, person, given, products)
    return task.id


def withdraw(engine: Engine, clock: FakeClock, task_id: UUID, person: str = "eve") -> None:
    """Take the final verdict of a task back."""
    clock.advance(1)
    _queue(engine, clock).reopen(task_id, person, "looked at again")


def in_force(engine: Engine, clock: FakeClock, text: str) -> dict[str, Ruling]:
    """Return what holds for the products of a text."""
    return {one.product_id: one.ruling for one in history(engine, clock, text) if one.in_force}


def history(engine: Engine, clock: FakeClock, text: str) -> Sequence[StoredRuling]:
    return book_of(engine, clock).page(1000, text=text).rows


def _queue(engine: Engine, clock: FakeClock) -> ReviewQueue:
    return replace(queue_of(engine, clock), listeners=(RulingKeeper(clock),))
