"""SQL of the dashboard. Nothing here commits: the caller owns the transaction.

Every statement reads rows by hour, an index of what is not answered, or the audits of a few
watches: none gets slower with the number of decisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Row, Select, Table, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from service.database.tables import (
    UNANSWERED,
    Decision,
    PromiseEstimateRow,
    PromiseWatchRow,
    ReviewTaskRow,
)
from service.promise.effective import group_of

MOST_WATCHES = 100

_tasks = cast("Table", ReviewTaskRow.__table__)
_watches = cast("Table", PromiseWatchRow.__table__)
_estimates = cast("Table", PromiseEstimateRow.__table__)


@dataclass(frozen=True, slots=True)
class Audited:
    """What the audits of one threshold had shown by `at`; it holds until `ended_at`, if that is."""

    decision: Decision
    group: str | None
    threshold: float
    ended_at: datetime | None
    at: datetime
    audits: int
    errors: int
    precision: float | None
    lower_bound: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """The tasks that wait for a person: how many by age, and when the oldest was made.

    `by_age` has one number more than there were ages: those older than the last of them.
    """

    by_age: tuple[int, ...]
    oldest: datetime | None

    @property
    def tasks(self) -> int:
        return sum(self.by_age)


def audited(
    connection: Connection,
    bundle_id: str,
    target_precision: float,
    since: datetime,
    until: datetime,
    step: timedelta,
) -> list[Audited]:
    """Return the last estimate of each watch in each step before `until`, oldest first.

    What a watch had shown before `since` comes first. Of a bundle with very many watches, those are
    returned that were changed last.
    """
    watches = (
        select(_watches)
        .where(
            _watches.c.bundle_id == bundle_id,
            _watches.c.target_precision == target_precision,
            or_(_watches.c.ended_at.is_(None), _watches.c.ended_at >= since),
        )
        .order_by(_watches.c.updated_at.desc())
        .limit(MOST_WATCHES)
        .subquery()
    )
    place = func.greatest(
        func.floor(func.extract("epoch", _estimates.c.at - since) / step.total_seconds()), -1
    )
    query = (
        select(_estimates, watches.c.decision, watches.c.group_name, watches.c.threshold)
        .add_columns(watches.c.ended_at)
        .join_from(watches, _estimates, _estimates.c.watch_id == watches.c.id)
        .where(_estimates.c.at < until)
        .ext(distinct_on(_estimates.c.watch_id, place))
        .order_by(_estimates.c.watch_id, place, _estimates.c.id.desc())
    )
    found = [_audited(row) for row in connection.execute(query)]
    return sorted(found, key=lambda one: one.at)


def waiting(connection: Connection, now: datetime, ages: Sequence[timedelta]) -> Waiting:
    """Return the tasks without an answer, by these ages, which ascend."""
    row = connection.execute(_waiting(now, ages)).one()
    younger = [row[place] for place in range(len(ages))]
    counts = [one - before for one, before in zip(younger, [0, *younger[:-1]], strict=True)]
    oldest = row.oldest and row.oldest.astimezone(UTC)
    return Waiting((*counts, row.tasks - sum(counts)), oldest)


def _waiting(now: datetime, ages: Sequence[timedelta]) -> Select[Any]:
    younger = [func.count().filter(_tasks.c.created_at > now - age) for age in ages]
    return (
        select(*younger)
        .add_columns(func.count().label("tasks"), func.min(_tasks.c.created_at).label("oldest"))
        .where(UNANSWERED)
    )


def _audited(row: Row[Any]) -> Audited:
    return Audited(
        decision=row.decision,
        group=group_of(row.group_name),
        threshold=row.threshold,
        ended_at=row.ended_at and row.ended_at.astimezone(UTC),
        at=row.at.astimezone(UTC),
        audits=row.audits,
        errors=row.errors,
        precision=row.precision,
        lower_bound=row.lower_bound,
    )
