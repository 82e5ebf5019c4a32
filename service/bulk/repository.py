"""SQL of bulk actions. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, Row, Table, insert, select, update

from service.bulk.actions import Action, StoredBulk, Wanted
from service.clock import SqlClock
from service.database.keys import joined
from service.database.tables import BulkActionRow
from service.review.rows import task_from
from service.review.sql import current, tasks, verdicts
from service.review.tasks import ReviewTask
from service.rulings.blocks import newest_blocks

_actions = cast("Table", BulkActionRow.__table__)
_BLOCKS = newest_blocks("text_keys")


def insert_action(
    connection: Connection, clock: SqlClock, bulk_id: UUID, wanted: Wanted, count: int, person: str
) -> StoredBulk:
    statement = insert(_actions).values(
        id=bulk_id,
        action=wanted.action.value,
        chosen_by=wanted.filter_row(),
        tasks=count,
        person=person,
        created_at=clock(),
    )
    return _stored(connection.execute(statement.returning(*_actions.c)).one())


def lock_action(connection: Connection, bulk_id: UUID) -> StoredBulk | None:
    query = select(_actions).where(_actions.c.id == bulk_id).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else _stored(row)


def mark_undone(connection: Connection, clock: SqlClock, bulk_id: UUID, person: str) -> None:
    values = {"undone_at": clock(), "undone_by": person}
    connection.execute(update(_actions).where(_actions.c.id == bulk_id).values(**values))


def list_actions(connection: Connection, limit: int) -> list[StoredBulk]:
    """Return the last bulk actions, newest first."""
    newest = (_actions.c.created_at.desc(), _actions.c.id)
    return [
        _stored(row) for row in connection.execute(select(_actions).order_by(*newest).limit(limit))
    ]


def tasks_by_id(connection: Connection, ids: Collection[UUID]) -> dict[UUID, ReviewTask]:
    rows = connection.execute(select(tasks).where(tasks.c.id.in_(list(ids))))
    return {row.id: task_from(row) for row in rows}


def still_final(connection: Connection, bulk_id: UUID) -> list[UUID]:
    """Return the tasks whose final verdict is the action's, and of which nobody else said more."""
    others = verdicts.alias("others")
    more = (
        select(others.c.id)
        .where(others.c.task_id == verdicts.c.task_id, others.c.id != verdicts.c.id)
        .where(current(others))
        .exists()
    )
    query = (
        select(tasks.c.id)
        .join_from(verdicts, tasks, tasks.c.verdict_id == verdicts.c.id)
        .where(verdicts.c.bulk_id == bulk_id, ~more)
        .order_by(tasks.c.id)
    )
    return list(connection.execute(query).scalars())


def blocked_pairs(connection: Connection, text_keys: Collection[bytes]) -> set[tuple[bytes, str]]:
    """Return the text keys and products that people have blocked, of these texts."""
    rows = connection.execute(_BLOCKS, {"text_keys": joined(text_keys)})
    return {(bytes(row.text_key), row.product_id) for row in rows}


def _stored(row: Row[Any]) -> StoredBulk:
    return StoredBulk(
        row.id,
        Action(row.action),
        row.chosen_by,
        row.tasks,
        row.person,
        row.created_at,
        row.undone_at,
        row.undone_by,
    )
