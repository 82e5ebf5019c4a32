"""The review queue in SQL. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, LargeBinary, Table, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert

from service.clock import SqlClock
from service.database import events
from service.database.events import Event
from service.database.tables import Answer, ReviewTaskRow, TaskKind, TaskState, VerdictRow
from service.review.tasks import Candidate, NewTask, VerifiedAnswer

SUBJECT = "review_task"

_tasks = cast("Table", ReviewTaskRow.__table__)
_verdicts = cast("Table", VerdictRow.__table__)

# Written as a literal, so that the planner can match it with the partial indexes.
_UNANSWERED = text("state in ('open', 'leased')")


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
    unique = {task.query_key: task for task in reversed(new_tasks)}
    ordered = [unique[key] for key in sorted(unique)]
    rows = [_new_row(task, asked[task.query_key]) for task in ordered]
    stored = connection.execute(_upsert(clock), rows)
    task_ids: dict[bytes, UUID] = {bytes(row.query_key): row.id for row in stored}
    created = [task for task in ordered if task_ids[task.query_key] == task.id]
    events.record(connection, clock, [_created(task) for task in created])
    return task_ids


def verified_answers(
    connection: Connection, query_keys: Sequence[bytes]
) -> dict[bytes, VerifiedAnswer]:
    """Return the newest verdict `accepted` or `none` of each query key that has one."""
    if not query_keys:
        return {}
    keys = bindparam("keys", list(query_keys), ARRAY(LargeBinary()))
    newest = (
        select(_tasks.c.query_key, _verdicts)
        .join_from(_tasks, _verdicts, _verdicts.c.task_id == _tasks.c.id)
        .where(_tasks.c.query_key == any_(keys))
        .where(_verdicts.c.answer.in_([Answer.ACCEPTED, Answer.NONE]))
        .distinct(_tasks.c.query_key)
        .order_by(_tasks.c.query_key, _verdicts.c.created_at.desc(), _verdicts.c.id.desc())
    )
    return {bytes(row.query_key): _verified(row) for row in connection.execute(newest)}


def _upsert(clock: SqlClock) -> Any:
    now = clock()
    statement = insert(_tasks).values(created_at=now, last_asked_at=now)
    return statement.on_conflict_do_update(
        index_elements=["query_key", "kind"],
        index_where=_UNANSWERED,
        set_={
            "times_asked": _tasks.c.times_asked + statement.excluded.times_asked,
            "last_asked_at": statement.excluded.last_asked_at,
        },
    ).returning(_tasks.c.id, _tasks.c.query_key)


def _new_row(task: NewTask, times_asked: int) -> dict[str, Any]:
    return {
        "id": task.id,
        "kind": TaskKind.REVIEW,
        "state": TaskState.OPEN,
        "source": task.source,
        "query_key": task.query_key,
        "text": task.text,
        "attributes": dict(task.attributes),
        "candidates": [_candidate_row(candidate) for candidate in task.candidates],
        "bundle_id": task.bundle_id,
        "times_asked": times_asked,
        "times_skipped": 0,
    }


def _candidate_row(candidate: Candidate) -> dict[str, Any]:
    return {
        "product_id": candidate.product_id,
        "title": candidate.title,
        "score": candidate.score,
        "rank": candidate.rank,
    }


def _created(task: NewTask) -> Event:
    return Event(SUBJECT, str(task.id), "created", task.source, {"bundle_id": task.bundle_id})


def _verified(row: Any) -> VerifiedAnswer:
    return VerifiedAnswer(
        task_id=row.task_id,
        answer=row.answer,
        product_ids=tuple(row.product_ids),
        person=row.person,
        answered_at=row.created_at,
    )
