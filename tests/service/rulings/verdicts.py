"""Short ways to get verdicts on texts, to take them back, and to see what they rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, insert, select, update

from service.database.engine import transaction
from service.database.tables import (
    Answer,
    ReviewTaskRow,
    Ruling,
    TaskStage,
    TaskState,
    VerdictRow,
)
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
    queue = replace(queue_of(engine, clock), listeners=(RulingKeeper(clock),))
    ask(engine, clock, text, source=source)
    (task,) = queue.claim(person, 1, 60)
    assert task.lease_token is not None
    queue.submit(task.id, task.lease_token, person, given, products)
    return task.id


def withdraw(engine: Engine, clock: FakeClock, *task_ids: UUID, person: str = "eve") -> None:
    """Take the final verdicts of tasks back, in one transaction."""
    clock.advance(1)
    with transaction(engine) as connection:
        query = select(ReviewTaskRow.id, ReviewTaskRow.verdict_id)
        found = connection.execute(query.where(ReviewTaskRow.id.in_(task_ids))).all()
        verdicts = {row.id: row.verdict_id for row in found}
        tasks = update(ReviewTaskRow).where(ReviewTaskRow.id.in_(task_ids))
        closed = {"state": TaskState.CLOSED, "closed_at": clock.now, "close_reason": "withdrawn"}
        connection.execute(tasks.values(**closed, answered_at=None, verdict_id=None))
        for task_id in task_ids:
            _supersede(connection, clock, task_id, verdicts[task_id], person)
            RulingKeeper(clock).verdict_withdrawn(connection, task_id)


def in_force(engine: Engine, clock: FakeClock, text: str) -> dict[str, Ruling]:
    """Return what holds for the products of a text."""
    return {one.product_id: one.ruling for one in history(engine, clock, text) if one.in_force}


def history(engine: Engine, clock: FakeClock, text: str) -> Sequence[StoredRuling]:
    return book_of(engine, clock).page(1000, text=text).rulings


def _supersede(
    connection: Connection, clock: FakeClock, task_id: UUID, verdict_id: UUID, person: str
) -> None:
    connection.execute(
        insert(VerdictRow).values(
            id=uuid4(),
            task_id=task_id,
            stage=TaskStage.OPINION,
            supersedes=verdict_id,
            origin="queue",
            answer=Answer.WITHDRAWN,
            product_ids=[],
            person=person,
            created_at=clock.now,
        )
    )
