"""SQL of the team page. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select

from service.database.tables import UNANSWERED, Answer, TaskStage
from service.review.rows import task_from
from service.review.sql import members, tasks, verdicts
from service.review.tasks import ReviewTask


@dataclass(frozen=True, slots=True)
class PastVerdict:
    """A verdict with the text it is about, and what became of it.

    `products` are those that it names, with their titles where the task has them. `overruled` says
    that the task's final verdict is another one that says something else.
    """

    task_id: UUID
    text: str
    answer: Answer
    products: Sequence[str]
    comment: str | None
    seconds: float | None
    created_at: datetime
    taken_back: bool
    overruled: bool


def by_priority(connection: Connection) -> list[tuple[int, int]]:
    """Return how many tasks wait with each priority that any has, the highest first."""
    query = (
        select(tasks.c.priority, func.count())
        .where(UNANSWERED)
        .group_by(tasks.c.priority)
        .order_by(tasks.c.priority.desc())
    )
    return [(row[0], row[1]) for row in connection.execute(query)]


def to_adjudicate(connection: Connection, limit: int) -> list[ReviewTask]:
    """Return the tasks that wait for a third person, those due first."""
    query = (
        select(tasks)
        .where(UNANSWERED, tasks.c.stage == TaskStage.ADJUDICATION)
        .order_by(tasks.c.due_at, tasks.c.id)
        .limit(limit)
    )
    return [task_from(row) for row in connection.execute(query)]


def last_verdicts(connection: Connection, person: str, limit: int) -> list[PastVerdict]:
    """Return a person's last answers, newest first; what takes one back is none."""
    later, final = verdicts.alias("later"), verdicts.alias("final")
    taken_back = select(later.c.id).where(later.c.supersedes == verdicts.c.id).exists()
    query = (
        select(
            verdicts,
            tasks.c.text,
            tasks.c.candidates,
            taken_back.label("taken_back"),
            final.c.answer.label("final_answer"),
            final.c.product_ids.label("final_products"),
        )
        .join_from(verdicts, tasks, tasks.c.id == verdicts.c.task_id)
        .outerjoin(final, final.c.id == tasks.c.verdict_id)
        .where(verdicts.c.person == person, verdicts.c.answer != Answer.WITHDRAWN)
        .order_by(verdicts.c.created_at.desc(), verdicts.c.id)
        .limit(limit)
    )
    return [
        PastVerdict(
            row.task_id,
            row.text,
            row.answer,
            titles(row.product_ids, row.candidates),
            row.comment,
            row.seconds,
            row.created_at,
            row.taken_back,
            _is_overruled(row.answer, row.product_ids, row.final_answer, row.final_products),
        )
        for row in connection.execute(query)
    ]


def titles(product_ids: Sequence[str], candidates: Sequence[dict[str, str]]) -> list[str]:
    """Return the titles of these products, the id of one that was no candidate."""
    known = {one["product_id"]: one["title"] for one in candidates}
    return [known.get(product_id, product_id) for product_id in product_ids]


def sources(connection: Connection, limit: int) -> list[str]:
    """Return the sources of waiting tasks, those of the most tasks first."""
    query = (
        select(tasks.c.source)
        .where(UNANSWERED)
        .group_by(tasks.c.source)
        .order_by(func.count().desc(), tasks.c.source)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def team_names(connection: Connection) -> list[str]:
    query = select(members.c.team).distinct().order_by(members.c.team)
    return list(connection.execute(query).scalars())


def member_names(connection: Connection) -> list[str]:
    query = select(members.c.person).distinct().order_by(members.c.person)
    return list(connection.execute(query).scalars())


def _is_overruled(
    answer: Answer,
    product_ids: Sequence[str],
    final: Answer | None,
    final_products: Sequence[str] | None,
) -> bool:
    if final is None or answer is Answer.UNSURE:
        return False
    return answer is not final or set(product_ids) != set(final_products or ())
