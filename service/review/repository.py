"""The review queue in SQL. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    Select,
    Table,
    Update,
    and_,
    any_,
    bindparam,
    func,
    null,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on, insert
from sqlalchemy.sql.dml import ReturningUpdate

from service.clock import SqlClock
from service.database import events
from service.database.events import Event
from service.database.recordset import as_json
from service.database.tables import (
    UNANSWERED,
    Answer,
    EventRow,
    ReviewTaskRow,
    TaskKind,
    TaskState,
    VerdictRow,
)
from service.review.opening import SUBJECT, open_tasks_statement
from service.review.rows import (
    event_from,
    new_task_row,
    task_from,
    verdict_from,
    verified_from,
)
from service.review.tasks import (
    NewTask,
    Position,
    ReviewTask,
    StoredVerdict,
    TaskEvent,
    Verdict,
    VerifiedAnswer,
)

_tasks = cast("Table", ReviewTaskRow.__table__)
_verdicts = cast("Table", VerdictRow.__table__)
_events = cast("Table", EventRow.__table__)

# Made once: building it anew would cost more than running it.
_NEWEST_VERDICTS = (
    select(_tasks.c.query_key, _verdicts)
    .join_from(_tasks, _verdicts, _verdicts.c.id == _tasks.c.verdict_id)
    .where(_tasks.c.query_key == any_(bindparam("keys", type_=ARRAY(LargeBinary()))))
    .where(_verdicts.c.answer.in_([Answer.ACCEPTED, Answer.NONE]))
    .ext(distinct_on(_tasks.c.query_key))
    .order_by(_tasks.c.query_key, _verdicts.c.created_at.desc(), _verdicts.c.id.desc())
)
_NO_LEASE = {
    "lease_token": null(),
    "lease_owner": null(),
    "lease_until": null(),
    "leased_at": null(),
}


def open_tasks(
    connection: Connection, clock: SqlClock, new_tasks: Sequence[NewTask]
) -> dict[bytes, UUID]:
    """Return the unanswered task of every query key, creating those that do not exist.

    A query that is asked again while its task is unanswered is counted on that task. Rows are
    written in the order of their keys, so that two callers cannot wait for each other.
    """
    if not new_tasks:
        return {}
    asked = Counter(task.query_key for task in new_tasks)
    rows = [new_task_row(task, asked[task.query_key]) for task in _one_of_each(new_tasks)]
    stored = connection.execute(open_tasks_statement(clock), {"asked": as_json(rows)})
    return {bytes(row.query_key): row.id for row in stored}


def _one_of_each(new_tasks: Sequence[NewTask]) -> Collection[NewTask]:
    """Return one task of each query: the first, but one that waits before one that is only checked.

    It has the highest priority and the largest head start of them all.
    """
    found: dict[bytes, NewTask] = {}
    for task in new_tasks:
        first = found.setdefault(task.query_key, task)
        if task is not first:
            found[task.query_key] = _merged(first, task)
    return found.values()


def _merged(first: NewTask, second: NewTask) -> NewTask:
    waits_later = second.kind is TaskKind.REVIEW and first.kind is TaskKind.AUDIT
    return replace(
        second if waits_later else first,
        priority=max(first.priority, second.priority),
        head_start=max(first.head_start, second.head_start),
    )


def verified_answers(
    connection: Connection, query_keys: Sequence[bytes]
) -> dict[bytes, VerifiedAnswer]:
    """Return the newest final verdict `accepted` or `none` of each query key that has one."""
    if not query_keys:
        return {}
    found = connection.execute(_NEWEST_VERDICTS, {"keys": list(query_keys)})
    return {bytes(row.query_key): verified_from(row) for row in found}


def claim(
    connection: Connection, clock: SqlClock, person: str, count: int, duration: timedelta
) -> list[ReviewTask]:
    """Lease up to `count` tasks to a person, least skipped first, then the earliest due.

    Open tasks and tasks whose lease has ended are taken; those that another claim is just
    taking are passed over. Every returned task carries a fresh random token.
    """
    rows = connection.execute(_claim(clock, person, count, duration)).all()
    rows = sorted(rows, key=lambda row: (row.times_skipped, row.due_at, row.id))
    happened = [event for row in rows for event in _claim_events(row, person)]
    events.record(connection, clock, happened)
    return [task_from(row) for row in rows]


def renew(
    connection: Connection,
    clock: SqlClock,
    task_id: UUID,
    token: UUID,
    person: str,
    duration: timedelta,
) -> ReviewTask | None:
    """Let a live lease end `duration` from now; None when it is not live any more."""
    change = _holding(clock, task_id, token).values(lease_until=clock() + duration)
    row = connection.execute(change.returning(*_tasks.c)).one_or_none()
    if row is None:
        return None
    details = {"lease_until": row.lease_until.isoformat()}
    events.record(connection, clock, [_event(task_id, "renewed", person, details)])
    return task_from(row)


def submit(
    connection: Connection, clock: SqlClock, task_id: UUID, token: UUID, verdict: Verdict
) -> StoredVerdict | None:
    """Answer a task under a live lease; None when the lease is not live any more."""
    held = select(clock().label("now"), _tasks.c.leased_at).where(_live(clock, task_id, token))
    row = connection.execute(held.with_for_update()).one_or_none()
    if row is None:
        return None
    change = update(_tasks).where(_tasks.c.id == task_id)
    connection.execute(
        change.values(
            state=TaskState.ANSWERED, answered_at=row.now, verdict_id=verdict.id, **_NO_LEASE
        )
    )
    # A lease of an older release does not say when it began.
    seconds = None if row.leased_at is None else (row.now - row.leased_at).total_seconds()
    stored = _insert_verdict(connection, task_id, replace(verdict, seconds=seconds), row.now)
    details = {"answer": verdict.answer.value, "product_ids": list(verdict.product_ids)}
    events.record(connection, clock, [_event(task_id, "answered", verdict.person, details)])
    return stored


def release(
    connection: Connection, clock: SqlClock, task_id: UUID, token: UUID, person: str, *, skip: bool
) -> bool:
    """Give a live lease back; False when it is not live any more. A skip sends it to the end."""
    change = _holding(clock, task_id, token).values(
        state=TaskState.OPEN, times_skipped=_tasks.c.times_skipped + int(skip), **_NO_LEASE
    )
    if connection.execute(change.returning(_tasks.c.id)).one_or_none() is None:
        return False
    kind = "skipped" if skip else "released"
    events.record(connection, clock, [_event(task_id, kind, person, {})])
    return True


def get(connection: Connection, task_id: UUID) -> ReviewTask | None:
    row = connection.execute(select(_tasks).where(_tasks.c.id == task_id)).one_or_none()
    return None if row is None else task_from(row)


def list_verdicts(connection: Connection, task_id: UUID) -> list[StoredVerdict]:
    """Return everything that people said about a task, oldest first, also what was taken back."""
    query = (
        select(_verdicts)
        .where(_verdicts.c.task_id == task_id)
        .order_by(_verdicts.c.created_at, _verdicts.c.id)
    )
    return [verdict_from(row) for row in connection.execute(query)]


def list_events(connection: Connection, task_id: UUID) -> list[TaskEvent]:
    """Return everything that happened to a task, in the order in which it happened."""
    query = (
        select(_events)
        .where(_events.c.subject == SUBJECT, _events.c.subject_id == str(task_id))
        .order_by(_events.c.id)
    )
    return [event_from(row) for row in connection.execute(query)]


def list_tasks(
    connection: Connection,
    limit: int,
    *,
    after: Position | None = None,
    state: TaskState | None = None,
    source: str | None = None,
) -> list[ReviewTask]:
    """Return up to `limit` tasks behind a position, oldest first."""
    query = select(_tasks).order_by(_tasks.c.created_at, _tasks.c.id).limit(limit)
    if after is not None:
        place = tuple_(_tasks.c.created_at, _tasks.c.id)
        query = query.where(place > tuple_(after.created_at, after.id))
    if state is not None:
        query = query.where(_tasks.c.state == state)
    if source is not None:
        query = query.where(_tasks.c.source == source)
    return [task_from(row) for row in connection.execute(query)]


def _claim(clock: SqlClock, person: str, count: int, duration: timedelta) -> ReturningUpdate[Any]:
    chosen = _claimable(clock).limit(count).with_for_update(skip_locked=True).cte("chosen")
    return (
        update(_tasks)
        .where(_tasks.c.id == chosen.c.id)
        .values(
            state=TaskState.LEASED,
            lease_token=func.gen_random_uuid(),
            lease_owner=person,
            lease_until=clock() + duration,
            leased_at=clock(),
        )
        .returning(*_tasks.c, chosen.c.lease_owner.label("owner_before"))
    )


def _claimable(clock: SqlClock) -> Select[Any]:
    free = or_(_tasks.c.state == TaskState.OPEN, _tasks.c.lease_until <= clock())
    return (
        select(_tasks.c.id, _tasks.c.lease_owner)
        .where(UNANSWERED, free)
        .order_by(_tasks.c.times_skipped, _tasks.c.due_at, _tasks.c.id)
    )


def _holding(clock: SqlClock, task_id: UUID, token: UUID) -> Update:
    """Return an update that touches the task only under a live lease with this token."""
    return update(_tasks).where(_live(clock, task_id, token))


def _live(clock: SqlClock, task_id: UUID, token: UUID) -> ColumnElement[bool]:
    return and_(
        _tasks.c.id == task_id, _tasks.c.lease_token == token, _tasks.c.lease_until > clock()
    )


def _insert_verdict(
    connection: Connection, task_id: UUID, verdict: Verdict, answered_at: object
) -> StoredVerdict:
    statement = insert(_verdicts).values(
        id=verdict.id,
        task_id=task_id,
        stage=verdict.stage,
        origin=verdict.origin,
        supersedes=verdict.supersedes,
        bulk_id=verdict.bulk_id,
        seconds=verdict.seconds,
        answer=verdict.answer,
        product_ids=list(verdict.product_ids),
        comment=verdict.comment,
        person=verdict.person,
        created_at=answered_at,
    )
    return verdict_from(connection.execute(statement.returning(*_verdicts.c)).one())


def _claim_events(row: Row[Any], person: str) -> list[Event]:
    claimed = _event(row.id, "claimed", person, {"lease_until": row.lease_until.isoformat()})
    if row.owner_before is None:
        return [claimed]
    return [_event(row.id, "expired", row.owner_before, {"taken_by": person}), claimed]


def _event(task_id: UUID, kind: str, actor: str, details: dict[str, Any]) -> Event:
    return Event(SUBJECT, str(task_id), kind, actor, details)
