"""SQL of opinions that can be compared. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Text, func, null, select
from sqlalchemy import cast as sql_cast

from service.agreement.measures import Label
from service.database.tables import Answer, TaskStage
from service.review.sql import current, tasks, verdicts
from service.review.tasks import BULK


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a person said about a task; `value` is that of the attribute that was asked for."""

    task_id: UUID
    person: str
    label: Label
    value: str | None


def independent() -> list[ColumnElement[bool]]:
    """Return what is true of a verdict that counts.

    Who adjudicates has read the others, and a bulk action repeats somebody. `unsure` is a label
    that is missing: who says so does not disagree, and has another person asked because of it.
    """
    return [
        verdicts.c.stage == TaskStage.OPINION,
        verdicts.c.answer != Answer.UNSURE,
        verdicts.c.origin != BULK,
        current(),
    ]


def comparable_opinions(
    connection: Connection, since: datetime, attribute: str | None, limit: int
) -> list[Opinion]:
    """Return up to `limit` opinions on tasks that have two or more, task by task, newest first."""
    value = null() if attribute is None else tasks.c.attributes[attribute].astext
    of_task = verdicts.c.task_id
    found = (
        select(
            verdicts.c.task_id,
            verdicts.c.person,
            verdicts.c.answer,
            verdicts.c.product_ids,
            sql_cast(value, Text()).label("value"),
            func.count().over(partition_by=of_task).label("opinions"),
            func.max(verdicts.c.created_at).over(partition_by=of_task).label("newest"),
        )
        .join_from(verdicts, tasks, tasks.c.id == verdicts.c.task_id)
        .where(verdicts.c.created_at >= since, *independent())
        .subquery()
    )
    query = (
        select(found)
        .where(found.c.opinions > 1)
        .order_by(found.c.newest.desc(), found.c.task_id, found.c.person)
        .limit(limit)
    )
    return [
        Opinion(row.task_id, row.person, label_of(row.answer, row.product_ids), row.value)
        for row in connection.execute(query)
    ]


def label_of(answer: Answer, product_ids: list[str]) -> Label:
    """Return what two opinions have in common that say the same: answer and set of products."""
    return answer, frozenset(product_ids)
