"""Queues with labels of all kinds, for exports."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import Engine, insert

from service.audit.repository import insert_samples
from service.audit.samples import NewSample
from service.database.engine import transaction
from service.database.tables import Answer, Decision, DecisionRow, Stream
from service.exchange.exporting import Exporter
from service.exchange.options import ExportOptions
from tests.service.conftest import FakeClock
from tests.service.review.queues import ask, query_key, queue_of

BUNDLE = "bundle-1"


def answer(
    engine: Engine,
    clock: FakeClock,
    text: str,
    *product_ids: str,
    person: str = "ann",
    unsure: bool = False,
    comment: str | None = None,
    seconds: float = 4,
) -> UUID:
    """Ask a query and answer its task: none without products. Returns the task."""
    (task_id,) = ask(engine, clock, text)
    queue = queue_of(engine, clock)
    (task,) = queue.claim(person, 1, 60)
    assert task.id == task_id
    assert task.lease_token is not None
    clock.advance(seconds)
    said = Answer.ACCEPTED if product_ids else Answer.UNSURE if unsure else Answer.NONE
    queue.submit(task_id, task.lease_token, person, said, product_ids, comment)
    clock.advance(1)
    return task_id


def draw(
    engine: Engine,
    clock: FakeClock,
    task_id: UUID,
    stream: Stream,
    *,
    decision: Decision = Decision.AUTO_ACCEPT,
    threshold: float | None = 0.75,
    bundle_id: str = BUNDLE,
) -> UUID:
    """Let a task be a label of a stream; returns the sample."""
    decision_id, sample_id = uuid4(), uuid4()
    row = {
        "id": decision_id,
        "decision": decision,
        "source": "shop",
        "query_key": query_key("any"),
        "text": "any",
        "bundle_id": bundle_id,
        "product_id": "p1",
        "score": 0.9,
        "target_precision": 0.95,
        "threshold": threshold,
        "review_task_id": task_id,
        "created_at": clock.now,
    }
    sample = NewSample(
        id=sample_id,
        stream=stream,
        decision_id=decision_id,
        task_id=task_id,
        inclusion_probability=0.02,
        bundle_id=bundle_id,
        group_name=None,
        decision=decision,
        product_id="p1",
        deciding=0.9,
        threshold=threshold,
    )
    with transaction(engine) as connection:
        connection.execute(insert(DecisionRow).values(row))
        insert_samples(connection, clock, [sample])
    return sample_id


def exported(
    engine: Engine, clock: FakeClock, options: ExportOptions, *, batch_rows: int = 2
) -> bytes:
    """Return the whole export, read in small batches."""
    return b"".join(Exporter(engine, clock, batch_rows).export(options).chunks)


def lines(content: bytes) -> Sequence[str]:
    return content.decode().splitlines()
