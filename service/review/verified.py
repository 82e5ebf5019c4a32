"""The verdicts that answer the same query again: the service asks for them before it decides."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import distinct_on

from service.database.keys import is_key_in
from service.review.sql import tasks, verdicts


def newest_verdicts(parameter: str) -> Select[Any]:
    """Return the newest final verdict `accepted` or `none` of each query whose key is given.

    What is the same each time is no parameter: each of them costs time.
    """
    return (
        select(
            tasks.c.query_key,
            verdicts.c.task_id,
            verdicts.c.answer,
            verdicts.c.product_ids,
            verdicts.c.person,
            verdicts.c.created_at,
        )
        .join_from(tasks, verdicts, verdicts.c.id == tasks.c.verdict_id)
        .where(is_key_in(parameter, tasks.c.query_key))
        .where(sql_text("verdicts.answer in ('accepted', 'none')"))
        .ext(distinct_on(tasks.c.query_key))
        .order_by(tasks.c.query_key, verdicts.c.created_at.desc(), verdicts.c.id.desc())
    )
