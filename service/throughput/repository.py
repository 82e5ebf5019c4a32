"""SQL of who answered how much. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Float,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    select,
)
from sqlalchemy import cast as sql_cast

from service.agreement.repository import independent
from service.database.tables import Answer
from service.review.sql import tasks, verdicts
from service.review.summary import WAITING
from service.review.tasks import QUEUE


@dataclass(frozen=True, slots=True)
class PersonTotal:
    """What a person did in the whole time; see `PersonDay`."""

    person: str
    verdicts: int
    withdrawn: int
    unsure: int
    median_seconds: float | None

    @property
    def unsure_share(self) -> float:
        return self.unsure / self.verdicts


@dataclass(frozen=True, slots=True)
class PersonDay:
    """What a person did on a day of UTC.

    `verdicts` are those given under a lease, also the `withdrawn` ones that were taken back since.
    `median_seconds` is from the claim to the answer, None where no claim was timed. `agreement` is
    the share of other people's opinions on the same tasks that say the same, None without any.
    """

    person: str
    day: date
    verdicts: int
    withdrawn: int
    unsure: int
    median_seconds: float | None
    agreement: float | None

    @property
    def unsure_share(self) -> float:
        return self.unsure / self.verdicts


def person_days(connection: Connection, since: datetime, limit: int) -> list[PersonDay]:
    """Return up to `limit` days of persons, the newest first."""
    day = _day().label("day")
    given, compared = _given(since, day).subquery("given"), _compared(since)
    same = and_(compared.c.person == given.c.person, compared.c.day == given.c.day)
    query = (
        select(*given.c, compared.c.agreement)
        .outerjoin_from(given, compared, same)
        .order_by(given.c.day.desc(), given.c.person)
        .limit(limit)
    )
    return [
        PersonDay(
            row.person,
            row.day,
            row.verdicts,
            row.withdrawn,
            row.unsure,
            row.median_seconds,
            row.agreement,
        )
        for row in connection.execute(query)
    ]


def person_totals(connection: Connection, since: datetime, limit: int) -> list[PersonTotal]:
    """Return up to `limit` persons, those with the most verdicts first."""
    given = _given(since).subquery("given")
    query = select(given).order_by(given.c.verdicts.desc(), given.c.person).limit(limit)
    return [
        PersonTotal(row.person, row.verdicts, row.withdrawn, row.unsure, row.median_seconds)
        for row in connection.execute(query)
    ]


def median_seconds(connection: Connection, since: datetime) -> float | None:
    """Return the median time of all verdicts that were given under a lease."""
    query = select(_median()).where(*_by_hand(since))
    median: float | None = connection.execute(query).scalar_one()
    return median


def waiting_tasks(connection: Connection) -> int:
    query = select(func.count()).select_from(tasks).where(tasks.c.state.in_(WAITING))
    count: int = connection.execute(query).scalar_one()
    return count


def _given(since: datetime, *days: ColumnElement[date]) -> Select[Any]:
    """Return what persons gave, by these days or in all."""
    later = verdicts.alias("taken_back")
    taken_back = select(later.c.id).where(later.c.supersedes == verdicts.c.id).exists()
    return (
        select(
            verdicts.c.person,
            *days,
            func.count().label("verdicts"),
            func.count().filter(taken_back).label("withdrawn"),
            func.count().filter(verdicts.c.answer == Answer.UNSURE).label("unsure"),
            _median().label("median_seconds"),
        )
        .where(*_by_hand(since))
        .group_by(verdicts.c.person, *days)
    )


def _compared(since: datetime) -> Subquery:
    """Return the share of other opinions that say the same, by person and day."""
    counted = select(verdicts, _day().label("day")).where(*independent())
    own = counted.where(verdicts.c.created_at >= since).cte("own")
    # Of the same tasks alone, whenever they were given.
    other = counted.where(verdicts.c.task_id.in_(select(own.c.task_id))).cte("other")
    same = and_(
        own.c.answer == other.c.answer,
        own.c.product_ids.contains(other.c.product_ids),
        own.c.product_ids.contained_by(other.c.product_ids),
    )
    agrees = case((same, literal(1.0, Float())), else_=literal(0.0, Float()))
    return (
        select(own.c.person, own.c.day, func.avg(agrees).label("agreement"))
        .join_from(
            own, other, and_(own.c.task_id == other.c.task_id, own.c.person != other.c.person)
        )
        .group_by(own.c.person, own.c.day)
        .subquery("compared")
    )


def _by_hand(since: datetime) -> list[ColumnElement[bool]]:
    return [
        verdicts.c.created_at >= since,
        verdicts.c.origin == QUEUE,
        verdicts.c.answer != Answer.WITHDRAWN,
    ]


def _day() -> ColumnElement[date]:
    return sql_cast(func.timezone(literal("UTC"), verdicts.c.created_at), Date())


def _median() -> ColumnElement[float | None]:
    return func.percentile_cont(0.5).within_group(verdicts.c.seconds)
