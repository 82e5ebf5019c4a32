"""Short ways to fill a review queue and to work it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy import Engine, select

from service.clock import SqlClock
from service.database.engine import transaction
from service.database.tables import EventRow
from service.review import repository
from service.review.reading import QueueReader
from service.review.service import ReviewQueue
from service.review.tasks import Candidate, NewTask

CATALOGUE = {
    "p1": "Bosch Serie 4 KGN39VLEB Fridge Freezer 203 x 60 cm",
    "p2": "Bosch Serie 4 KGN36VLEB Fridge Freezer 186 x 60 cm",
    "p3": "Samsung RB38T602DSA Fridge Freezer 203 cm",
    "p4": "Beko CFG3582W White",
}


Probabilities = Sequence[float | None]
NOT_JUDGED: Probabilities = (None, None, None)


def new_task(text: str, source: str = "shop", probabilities: Probabilities = NOT_JUDGED) -> NewTask:
    candidates = [
        Candidate(product_id, title, 0.9 - 0.1 * row, row + 1, probability)
        for row, ((product_id, title), probability) in enumerate(
            zip(CATALOGUE.items(), probabilities, strict=False)
        )
    ]
    return NewTask(
        id=uuid4(),
        query_key=query_key(text, source),
        source=source,
        text=text,
        candidates=tuple(candidates),
        bundle_id="bundle-1",
        attributes={"brand": "Bosch"},
    )


def query_key(text: str, source: str = "shop") -> bytes:
    return sha256(f"{source}\0{text}".encode()).digest()


def ask(
    engine: Engine,
    clock: SqlClock,
    *texts: str,
    source: str = "shop",
    probabilities: Probabilities = NOT_JUDGED,
) -> list[UUID]:
    """Send these queries to the queue together; returns the task of each."""
    tasks = [new_task(text, source, probabilities) for text in texts]
    with transaction(engine) as connection:
        stored = repository.open_tasks(connection, clock, tasks)
    return [stored[task.query_key] for task in tasks]


def queue_of(engine: Engine, clock: SqlClock) -> ReviewQueue:
    return ReviewQueue(
        engine=engine,
        clock=clock,
        has_product=CATALOGUE.__contains__,
        listeners=(),
        new_id=uuid4,
        lease_min_seconds=10,
        lease_max_seconds=3600,
    )


def reader_of(engine: Engine, clock: SqlClock) -> QueueReader:
    return QueueReader(engine, clock)


def event_kinds(engine: Engine, task_id: UUID) -> Sequence[str]:
    with engine.connect() as connection:
        query = select(EventRow.kind).where(EventRow.subject_id == str(task_id))
        return connection.execute(query.order_by(EventRow.id)).scalars().all()
