"""Giving tasks to a person or a team. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy import cast as sql_cast

from service.clock import SqlClock
from service.database.tables import UNANSWERED
from service.review.claiming import ORDER
from service.review.sql import SUBJECT, events, members, tasks

MOST = 10_000  # tasks of one call


@dataclass(frozen=True, slots=True)
class Assigned:
    """How many tasks have another assignment now, and which of the given ones wait no more.

    `more` says that the call reached its limit: the same call again goes on.
    """

    assigned: int
    left_out: tuple[UUID, ...] = ()
    more: bool = False


def assign_tasks(
    connection: Connection, clock: SqlClock, task_ids: Collection[UUID], to: str | None, by: str
) -> Assigned:
    """Assign these tasks, as far as they wait for a verdict."""
    meant = tasks.c.id.in_(list(task_ids))
    waiting = set(connection.execute(select(tasks.c.id).where(UNANSWERED, meant)).scalars())
    changed = assign_where(connection, clock, [meant], to, by).assigned
    left_out = tuple(task_id for task_id in dict.fromkeys(task_ids) if task_id not in waiting)
    return Assigned(changed, left_out)


def assign_where(
    connection: Connection,
    clock: SqlClock,
    conditions: Collection[ColumnElement[bool]],
    to: str | None,
    by: str,
    most: int | None = MOST,
) -> Assigned:
    """Assign the tasks that wait for a verdict and of which all this is true, those due first."""
    target = sql_cast(literal(to), Text())
    chosen = (
        select(tasks.c.id, tasks.c.assigned_to)
        .where(UNANSWERED, tasks.c.assigned_to.is_distinct_from(target), *conditions)
        .order_by(*(tasks.c[name] for name in ORDER))
        .limit(most)
        .with_for_update()
        .cte("chosen")
    )
    changed = (
        update(tasks)
        .where(tasks.c.id == chosen.c.id)
        .values(assigned_to=target)
        .returning(tasks.c.id, chosen.c.assigned_to.label("before"))
        .cte("changed")
    )
    rows = select(
        clock(),
        literal(SUBJECT),
        sql_cast(changed.c.id, Text()),
        literal("assigned"),
        literal(by),
        func.jsonb_build_object(literal("to"), target, literal("before"), changed.c.before),
    ).order_by(changed.c.id)
    names = ["at", "subject", "subject_id", "kind", "actor", "details"]
    journal = insert(events).from_select(names, rows).cte("journal")
    query = select(func.count()).select_from(changed).add_cte(journal)
    count: int = connection.execute(query).scalar_one()
    return Assigned(count, more=count == most)


def team_exists(connection: Connection, team: str) -> bool:
    query = select(members.c.team).where(members.c.team == team).limit(1)
    return connection.execute(query).one_or_none() is not None
