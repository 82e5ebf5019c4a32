"""SQL of verdicts, which are only ever added. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, any_, bindparam, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from service.review.rows import verdict_from
from service.review.sql import current, verdicts
from service.review.tasks import StoredVerdict, Verdict

_CURRENT = (
    select(verdicts)
    .where(verdicts.c.task_id == any_(bindparam("task_ids", type_=ARRAY(Uuid()))), current())
    .order_by(verdicts.c.created_at, verdicts.c.id)
)


def current_verdicts(connection: Connection, task_ids: Collection[UUID]) -> list[StoredVerdict]:
    """Return what people say about these tasks today, oldest first."""
    rows = connection.execute(_CURRENT, {"task_ids": list(task_ids)})
    return [verdict_from(row) for row in rows]


def list_verdicts(connection: Connection, task_id: UUID) -> list[StoredVerdict]:
    """Return everything that people said about a task, oldest first, also what was taken back."""
    query = select(verdicts).where(verdicts.c.task_id == task_id)
    rows = connection.execute(query.order_by(verdicts.c.created_at, verdicts.c.id))
    return [verdict_from(row) for row in rows]


def insert_verdict(
    connection: Connection, task_id: UUID, verdict: Verdict, at: datetime
) -> StoredVerdict:
    statement = insert(verdicts).values(
        id=verdict.id,
        task_id=task_id,
        stage=verdict.stage,
        supersedes=verdict.supersedes,
        origin=verdict.origin,
        bulk_id=verdict.bulk_id,
        seconds=verdict.seconds,
        answer=verdict.answer,
        product_ids=list(verdict.product_ids),
        comment=verdict.comment,
        person=verdict.person,
        created_at=at,
    )
    return verdict_from(connection.execute(statement.returning(*verdicts.c)).one())
