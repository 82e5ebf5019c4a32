"""SQL of rulings. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, Row, Select, Table, false, func, or_, select

from service.clock import SqlClock
from service.database.recordset import as_json, insert_created
from service.database.tables import PairRulingRow, ReviewTaskRow, VerdictRow
from service.recommend.keys import text_key
from service.rulings.rulings import FinalVerdict, NewRuling, PastRuling, StoredRuling

LOCK_BYTES = 8  # of a key, which name its advisory lock

_rulings = cast("Table", PairRulingRow.__table__)
_tasks = cast("Table", ReviewTaskRow.__table__)
_verdicts = cast("Table", VerdictRow.__table__)


def lock(connection: Connection, key: bytes, *, alone: bool = False) -> None:
    """Wait until nobody restores rulings on this text, and keep who wants to do so waiting.

    Those who only add rulings do not wait for each other; who restores works `alone`, since what
    holds again depends on what the others have ruled. The lock ends with the transaction.
    """
    name = int.from_bytes(key[:LOCK_BYTES], signed=True)
    take = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
    connection.execute(select(take(name)))


def final_verdict(connection: Connection, task_id: UUID) -> FinalVerdict | None:
    """Return the final verdict of a task, None when it has none."""
    query = (
        select(_verdicts, _tasks.c.text, _tasks.c.candidates)
        .join_from(_tasks, _verdicts, _verdicts.c.id == _tasks.c.verdict_id)
        .where(_tasks.c.id == task_id)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _final_verdict(row)


def text_of(connection: Connection, task_id: UUID) -> str:
    """Return the text of a task, which must exist."""
    text: str = connection.execute(select(_tasks.c.text).where(_tasks.c.id == task_id)).scalar_one()
    return text


def append(connection: Connection, clock: SqlClock, rulings: Sequence[NewRuling]) -> None:
    """Add rulings in their order, in one statement."""
    if rulings:
        rows = as_json([asdict(ruling) for ruling in rulings])
        connection.execute(insert_created(_rulings, clock), {"rows": rows})


def histories(connection: Connection, key: bytes) -> list[PastRuling]:
    """Return all rulings on a text, product by product, oldest first."""
    taken_back = _verdicts.alias()
    stands = or_(_rulings.c.verdict_id.is_(None), _rulings.c.verdict_id == _tasks.c.verdict_id)
    query: Select[Any] = (
        select(
            *_rulings.c,
            func.coalesce(stands, false()).label("stands"),
            taken_back.c.person.label("withdrawn_by"),
        )
        .outerjoin(_tasks, _tasks.c.id == _rulings.c.task_id)
        .outerjoin(taken_back, taken_back.c.supersedes == _rulings.c.verdict_id)
        .where(_rulings.c.text_key == key)
        .order_by(_rulings.c.product_id, _rulings.c.id)
    )
    return [_past_ruling(row) for row in connection.execute(query)]


def history(
    connection: Connection,
    limit: int,
    *,
    text: str | None = None,
    product_id: str | None = None,
    before: int | None = None,
) -> list[StoredRuling]:
    """Return up to `limit` rulings on a text, a product or both, newest first.

    With `before`, only those that are older than the ruling of this id.
    """
    newer = _rulings.alias()
    superseded = (
        select(newer.c.id)
        .where(
            newer.c.text_key == _rulings.c.text_key,
            newer.c.product_id == _rulings.c.product_id,
            newer.c.id > _rulings.c.id,
        )
        .exists()
    )
    whole_text = func.coalesce(_rulings.c.text, _tasks.c.text)
    query: Select[Any] = (
        select(
            *(one for one in _rulings.c if one is not _rulings.c.text),
            whole_text.label("text"),
            (~superseded).label("in_force"),
        )
        .outerjoin(_tasks, _tasks.c.id == _rulings.c.task_id)
        .order_by(_rulings.c.id.desc())
        .limit(limit)
    )
    if text is not None:
        query = query.where(_rulings.c.text_key == text_key(text))
    if product_id is not None:
        query = query.where(_rulings.c.product_id == product_id)
    if before is not None:
        query = query.where(_rulings.c.id < before)
    return [_stored_ruling(row) for row in connection.execute(query)]


def _final_verdict(row: Row[Any]) -> FinalVerdict:
    return FinalVerdict(
        id=row.id,
        task_id=row.task_id,
        text_key=text_key(row.text),
        answer=row.answer,
        product_ids=tuple(row.product_ids),
        shown=tuple(candidate["product_id"] for candidate in row.candidates),
        person=row.person,
    )


def _past_ruling(row: Row[Any]) -> PastRuling:
    return PastRuling(
        text_key=bytes(row.text_key),
        text=row.text,
        product_id=row.product_id,
        ruling=row.ruling,
        task_id=row.task_id,
        verdict_id=row.verdict_id,
        stands=row.stands,
        withdrawn_by=row.withdrawn_by,
    )


def _stored_ruling(row: Row[Any]) -> StoredRuling:
    return StoredRuling(
        id=row.id,
        text=row.text,
        product_id=row.product_id,
        ruling=row.ruling,
        task_id=row.task_id,
        verdict_id=row.verdict_id,
        person=row.person,
        reason=row.reason,
        created_at=row.created_at,
        in_force=row.in_force,
    )
