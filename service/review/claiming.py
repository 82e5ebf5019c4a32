"""The statement that hands out tasks. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Enum,
    Integer,
    Interval,
    Select,
    Text,
    TextClause,
    bindparam,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import JSONB

from service.clock import SqlClock
from service.database.tables import FREE, TaskStage, TaskState
from service.review.rows import task_from
from service.review.sql import (
    SUBJECT,
    events,
    is_assigned_to,
    lacks_opinion_of,
    now,
    tasks,
)
from service.review.tasks import ReviewTask

ORDER = ("times_skipped", "due_at", "id")
_PERSON = bindparam("person", type_=Text())
_SECONDS = bindparam("duration", type_=Interval())


@dataclass(frozen=True, slots=True)
class Wish:
    """Which tasks somebody wants to work on; without any of these, all that are theirs to answer.

    `attributes` are those that a task has at least, `assigned` asks for tasks that were given to
    the person or to a team of theirs, `stage` for opinions or for adjudications alone.
    """

    attributes: Mapping[str, str] | None = None
    source: str | None = None
    assigned: bool = False
    stage: TaskStage | None = None


ANY = Wish()


def claim(
    connection: Connection,
    clock: SqlClock,
    person: str,
    count: int,
    duration: timedelta,
    wish: Wish = ANY,
) -> list[ReviewTask]:
    """Lease up to `count` tasks to a person: least skipped, then earliest due, then by id.

    Left out are tasks that the person has an opinion on, and those that are assigned to somebody
    else. Tasks that another claim is just taking are passed over. Every returned task carries a
    fresh random token.
    """
    # Not the names of the columns: an update would set those.
    wanted: dict[str, Any] = {
        "wanted_attributes": wish.attributes,
        "wanted_source": wish.source,
        "wanted_stage": wish.stage,
    }
    given = {name: value for name, value in wanted.items() if value is not None}
    statement = _statement(clock, frozenset(given), wish.assigned)
    rows = connection.execute(
        statement, {"person": person, "count": count, "duration": duration, **given}
    )
    return [task_from(row) for row in rows]


def open_to(clock: SqlClock, person: ColumnElement[str]) -> list[ColumnElement[bool] | TextClause]:
    """Return what is true of a task that this person may claim without an opinion on it."""
    nobodys = tasks.c.assigned_to.is_(None)
    return [
        FREE,
        or_(nobodys, is_assigned_to(person)),
        or_(tasks.c.expires_at.is_(None), tasks.c.expires_at > now(clock)),
    ]


@lru_cache(maxsize=64)
def _statement(clock: SqlClock, given: frozenset[str], assigned: bool) -> Select[Any]:
    """Return the claim with these wishes; building it anew would cost more than running it."""
    wishes: dict[str, ColumnElement[bool]] = {
        "wanted_attributes": tasks.c.attributes.contains(
            bindparam("wanted_attributes", type_=JSONB())
        ),
        "wanted_source": tasks.c.source == bindparam("wanted_source", type_=Text()),
        "wanted_stage": tasks.c.stage == bindparam("wanted_stage", type_=_stage_type()),
    }
    chosen = (
        select(tasks.c.id)
        .where(*open_to(clock, _PERSON), *(wishes[name] for name in sorted(given)))
        .where(lacks_opinion_of(_PERSON))
        .order_by(*(tasks.c[name] for name in ORDER))
        .limit(bindparam("count", type_=Integer()))
        .with_for_update(skip_locked=True, of=tasks)
    )
    if assigned:
        chosen = chosen.where(is_assigned_to(_PERSON))
    claimed = _claimed(chosen.cte("chosen"), clock)
    journal = _journal(claimed, clock)
    return select(claimed).order_by(*(claimed.c[name] for name in ORDER)).add_cte(journal)


def _claimed(chosen: CTE, clock: SqlClock) -> CTE:
    return (
        update(tasks)
        .where(tasks.c.id == chosen.c.id)
        .values(
            state=TaskState.LEASED,
            lease_token=func.gen_random_uuid(),
            lease_owner=_PERSON,
            lease_until=clock() + _SECONDS,
            leased_at=clock(),
        )
        .returning(*tasks.c)
        .cte("claimed")
    )


def _journal(claimed: CTE, clock: SqlClock) -> CTE:
    rows = select(
        clock(),
        literal(SUBJECT),
        sql_cast(claimed.c.id, Text()),
        literal("claimed"),
        claimed.c.lease_owner,
        func.jsonb_build_object(literal("lease_until"), claimed.c.lease_until),
    ).order_by(*(claimed.c[name] for name in ORDER))
    names = ["at", "subject", "subject_id", "kind", "actor", "details"]
    return insert(events).from_select(names, rows).cte("journal")


def _stage_type() -> Enum:
    kind = tasks.c.stage.type
    assert isinstance(kind, Enum)
    return kind
