"""The tasks that imported verdicts are about, in SQL. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast
from uuid import UUID

from sqlalchemy import Connection, LargeBinary, Table, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from service.database.tables import ReviewTaskRow, VerdictRow
from service.review.rows import task_from, verdict_from
from service.review.tasks import ReviewTask, StoredVerdict

_tasks = cast("Table", ReviewTaskRow.__table__)
_verdicts = cast("Table", VerdictRow.__table__)
_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_KEYS = bindparam("keys", type_=ARRAY(LargeBinary()))


def newest_by_key(connection: Connection, keys: Collection[bytes]) -> dict[bytes, UUID]:
    """Return the newest task of each query key that has one: that is the unanswered one, if any."""
    query = select(_tasks.c.query_key, _tasks.c.id).where(_tasks.c.query_key == any_(_KEYS))
    rows = connection.execute(query.order_by(_tasks.c.created_at, _tasks.c.id), {"keys": [*keys]})
    return {bytes(row.query_key): row.id for row in rows}


def lock(connection: Connection, task_ids: Collection[UUID]) -> dict[UUID, ReviewTask]:
    """Return those tasks that exist, locked in the order of their ids."""
    query = select(_tasks).where(_tasks.c.id == any_(_IDS)).order_by(_tasks.c.id)
    rows = connection.execute(query.with_for_update(), {"ids": [*task_ids]})
    return {row.id: task_from(row) for row in rows}


def get(connection: Connection, task_id: UUID) -> ReviewTask:
    """Return a task as it is now; it must exist."""
    query = select(_tasks).where(_tasks.c.id == task_id)
    return task_from(connection.execute(query).one())


def verdicts_by_id(
    connection: Connection, verdict_ids: Collection[UUID]
) -> dict[UUID, StoredVerdict]:
    """Return those verdicts that are stored already."""
    query = select(_verdicts).where(_verdicts.c.id == any_(_IDS))
    rows = connection.execute(query, {"ids": [*verdict_ids]})
    return {row.id: verdict_from(row) for row in rows}
