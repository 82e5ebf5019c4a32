"""SQL that finds the tasks of a bulk action. Nothing here commits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Table,
    Text,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import JSONB

from service.bulk.actions import Action, Target, Wanted
from service.clock import SqlClock
from service.database.tables import Answer, LabelSampleRow, TaskKind, TaskStage
from service.review.claiming import ORDER
from service.review.sql import now, tasks, verdicts
from service.review.tasks import BULK

_samples: Table = LabelSampleRow.metadata.tables[LabelSampleRow.__tablename__]
_BEST: ColumnElement[Any] = literal_column("'$[*] ? (@.rank == 1)'::jsonpath")


def targets(
    connection: Connection, clock: SqlClock, wanted: Wanted, limit: int, *, lock: bool = False
) -> list[Target]:
    """Return up to `limit` tasks that the action is about, in the order in which they are claimed.

    With `lock` they are locked; those that somebody else is just changing are passed over.
    """
    best = func.jsonb_path_query_first(tasks.c.candidates, _BEST, type_=JSONB())
    if wanted.action is Action.ACCEPT_BEST_AS_BEFORE:
        query = _as_before(best["product_id"].astext, best["title"].astext)
    else:
        query = _with(sql_cast(null(), Text()), sql_cast(null(), Text()), literal_column("0"))
    query = query.where(*wanted.chosen.conditions(), *_answerable(clock))
    query = query.order_by(*(tasks.c[name] for name in ORDER)).limit(limit)
    if lock:
        query = query.with_for_update(skip_locked=True, of=tasks)
    return [Target(*row) for row in connection.execute(query)]


def count_open(connection: Connection, wanted: Wanted) -> int:
    """Return how many open tasks the filter has, whatever keeps them from being answered so."""
    query = select(func.count()).select_from(tasks).where(*wanted.chosen.conditions())
    count: int = connection.execute(query).scalar_one()
    return count


def _as_before(product_id: ColumnElement[str], title: ColumnElement[str]) -> Select[Any]:
    """Return the tasks whose best candidate a person has accepted for the same source before.

    What another bulk action accepted is no such case, or one person's answer would spread.
    """
    before = _accepted_before()
    return _with(product_id, title, before.c.times).join(
        before, (before.c.source == tasks.c.source) & (before.c.product_id == product_id)
    )


def _with(
    product_id: ColumnElement[Any], title: ColumnElement[Any], times: ColumnElement[Any]
) -> Select[Any]:
    return select(tasks.c.id, tasks.c.text, tasks.c.source, product_id, title, times).select_from(
        tasks
    )


def _accepted_before() -> Subquery:
    answered = tasks.alias("answered")
    accepted = (
        select(answered.c.source, func.unnest(verdicts.c.product_ids).label("product_id"))
        .join_from(answered, verdicts, verdicts.c.id == answered.c.verdict_id)
        .where(verdicts.c.answer == Answer.ACCEPTED, verdicts.c.origin != BULK)
        .subquery()
    )
    return (
        select(accepted, func.count().label("times"))
        .group_by(accepted.c.source, accepted.c.product_id)
        .subquery("before")
    )


def _answerable(clock: SqlClock) -> list[ColumnElement[bool]]:
    """Return what is true of a task that a bulk action may answer.

    Audits and other samples prove the promise because a person looks at each of them, and second
    opinions the agreement because each is given alone: an answer for many at once is neither.
    """
    sampled = select(_samples.c.id).where(_samples.c.task_id == tasks.c.id).exists()
    return [
        tasks.c.kind == TaskKind.REVIEW,
        ~sampled,
        tasks.c.stage == TaskStage.OPINION,
        tasks.c.opinions_wanted == 1,
        or_(tasks.c.expires_at.is_(None), tasks.c.expires_at > now(clock)),
    ]
