"""A short way to bulk actions."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, select

from service.bulk.actions import Action, Wanted
from service.bulk.service import BulkActions
from service.database.engine import transaction
from service.database.tables import Answer, VerdictRow
from service.review.tasks import StoredVerdict
from service.review.verdicts import list_verdicts
from service.rulings.service import RulingKeeper
from tests.service.conftest import FakeClock
from tests.service.review.queues import CATALOGUE, queue_of

AS_BEFORE = Wanted(Action.ACCEPT_BEST_AS_BEFORE)


def bulk_of(engine: Engine, clock: FakeClock, catalogue: Any = CATALOGUE) -> BulkActions:
    return BulkActions(
        engine=engine,
        clock=clock,
        has_product=catalogue.__contains__,
        listeners=(RulingKeeper(clock),),
        new_id=uuid4,
    )


def accept(engine: Engine, clock: FakeClock, product_id: str, person: str = "ann") -> UUID:
    """Let a person accept this product for the next task."""
    queue = queue_of(engine, clock)
    (task,) = queue.claim(person, 1, 600)
    assert task.lease_token is not None
    queue.submit(task.id, task.lease_token, person, Answer.ACCEPTED, [product_id])
    return task.id


def verdicts_of(engine: Engine, task_id: UUID) -> list[StoredVerdict]:
    with transaction(engine) as connection:
        return list_verdicts(connection, task_id)


def count_verdicts(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(connection.execute(select(VerdictRow.id)).all())
