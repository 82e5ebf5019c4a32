"""The statement that opens tasks: the service runs it for every query it does not decide."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    Column,
    Double,
    Interval,
    Select,
    Text,
    bindparam,
    func,
    insert,
    literal,
    select,
    true,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import insert as upsert

from service.clock import SqlClock
from service.database.recordset import recordset
from service.database.tables import UNANSWERED
from service.review.sql import SUBJECT, events, tasks

GIVEN = (
    "id",
    "kind",
    "state",
    "source",
    "query_key",
    "text",
    "attributes",
    "candidates",
    "bundle_id",
    "times_asked",
    "times_skipped",
    "stage",
    "opinions_wanted",
    "priority",
)
HEAD_START: Column[float] = Column("head_start", Double())  # seconds, beside what is stored as is


@lru_cache(maxsize=8)
def open_tasks_statement(clock: SqlClock) -> Select[Any]:
    """Return `id` and `query_key` of the unanswered task of every row given as `asked`.

    One statement makes the tasks that do not exist, counts the others and moves them forward where
    they are asked with a larger head start now, and records the new ones in the journal.
    `lifetime` is how long tasks live after they were asked last, None for ever. Building the
    statement anew would cost more than running it.
    """
    columns = [*(tasks.c[name] for name in GIVEN), HEAD_START]
    asked = select(recordset("asked", columns)).cte("given")
    stored = _stored(asked, clock)
    return select(stored.c.id, stored.c.query_key).add_cte(_created(asked, stored, clock))


def _stored(asked: CTE, clock: SqlClock) -> CTE:
    # In the order of their keys, so that two callers cannot wait for each other.
    moment = select(clock().label("now")).cte("moment")
    now = moment.c.now
    head_start = func.make_interval(0, 0, 0, 0, 0, 0, asked.c[HEAD_START.name])
    given = (asked.c[name] for name in GIVEN)
    ends = now + bindparam("lifetime", type_=Interval())
    rows = select(*given, now, now, now - head_start, ends).join_from(asked, moment, true())
    times = ["created_at", "last_asked_at", "due_at"]
    statement = upsert(tasks).from_select(
        [*GIVEN, *times, "expires_at"], rows.order_by(asked.c.query_key)
    )
    new = statement.excluded
    due_at = tasks.c.created_at - (new.created_at - new.due_at)
    return (
        statement.on_conflict_do_update(
            index_elements=["query_key"],
            index_where=UNANSWERED,
            set_={
                "times_asked": tasks.c.times_asked + new.times_asked,
                "last_asked_at": new.last_asked_at,
                "expires_at": new.expires_at,
                "priority": func.greatest(tasks.c.priority, new.priority),
                "due_at": func.least(tasks.c.due_at, due_at),
            },
        )
        .returning(tasks.c.id, tasks.c.query_key)
        .cte("stored")
    )


def _created(asked: CTE, stored: CTE, clock: SqlClock) -> CTE:
    """Record the tasks that got the id proposed for them: those are new."""
    rows = (
        select(
            clock(),
            literal(SUBJECT),
            sql_cast(stored.c.id, Text()),
            literal("created"),
            asked.c.source,
            func.jsonb_build_object(literal("bundle_id"), asked.c.bundle_id),
        )
        .join_from(stored, asked, stored.c.id == asked.c.id)
        .order_by(asked.c.query_key)
    )
    names = ["at", "subject", "subject_id", "kind", "actor", "details"]
    return insert(events).from_select(names, rows).cte("created")
