"""SQL of what is shown of a promise: live estimates, overrides, history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, Row, Table, and_, func, select

from service.database.tables import (
    Decision,
    DecisionRow,
    EventRow,
    LabelSampleRow,
    PromiseEstimateRow,
    PromiseOverrideRow,
    PromiseWatchRow,
    ReviewTaskRow,
    Stream,
)
from service.promise.effective import group_of, name_of
from service.promise.watches import EVENT_SUBJECT, Subject

_decisions = cast("Table", DecisionRow.__table__)
_samples = cast("Table", LabelSampleRow.__table__)
_tasks = cast("Table", ReviewTaskRow.__table__)
_watches = cast("Table", PromiseWatchRow.__table__)
_estimates = cast("Table", PromiseEstimateRow.__table__)
_overrides = cast("Table", PromiseOverrideRow.__table__)
_events = cast("Table", EventRow.__table__)


@dataclass(frozen=True, slots=True)
class LiveEstimate:
    """What the audits of a threshold say so far; see `models.monitoring.watch.Estimate`."""

    threshold: float
    audits: int
    errors: int
    unsure: int
    precision: float | None
    lower_bound: float
    upper_bound: float
    evidence: float
    since: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SampleCounts:
    """Audits that no estimate has: without a verdict yet, and of an older episode."""

    waiting: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """An override that nobody has lifted, with what the audits said when it was made."""

    id: UUID
    decision: Decision
    group: str | None
    target_precision: float
    threshold_before: float
    threshold: float | None
    created_at: datetime
    audits: int
    errors: int
    precision: float | None
    upper_bound: float

    @property
    def reason(self) -> str:
        return (
            f"{self.errors} of {self.audits} audited answers were wrong: the precision is at most"
            f" {self.upper_bound:.3f} where {self.target_precision:g} was promised"
        )


@dataclass(frozen=True, slots=True)
class PastEstimate:
    """What a watch said after one audit."""

    id: int
    at: datetime
    bundle_id: str
    decision: Decision
    group: str | None
    target_precision: float
    threshold: float
    audits: int
    errors: int
    precision: float | None
    lower_bound: float
    upper_bound: float
    evidence: float


@dataclass(frozen=True, slots=True)
class Change:
    """Something that changed which thresholds are in force, or was proposed."""

    id: int
    at: datetime
    bundle_id: str
    kind: str
    actor: str
    details: Mapping[str, Any]


def live_estimates(connection: Connection, bundle_id: str) -> dict[Subject, LiveEstimate]:
    """Return what each watch of the bundle says that has not ended."""
    query = select(_watches).where(_watches.c.bundle_id == bundle_id, _watches.c.ended_at.is_(None))
    return {_subject(row): _live(row) for row in connection.execute(query)}


def sample_counts(connection: Connection, bundle_id: str) -> dict[Subject, SampleCounts]:
    """Return how many audits of each subject of the bundle are in no estimate."""
    waits = and_(_tasks.c.verdict_id.is_(None), _tasks.c.closed_at.is_(None))
    subject = (
        _samples.c.bundle_id,
        _decisions.c.target_precision,
        _samples.c.decision,
        _samples.c.group_name,
    )
    query = (
        select(
            *subject,
            func.count().filter(waits).label("waiting"),
            func.count().filter(~waits, _estimates.c.id.is_(None)).label("left_out"),
        )
        .join(_decisions, _decisions.c.id == _samples.c.decision_id)
        .join(_tasks, _tasks.c.id == _samples.c.task_id)
        .outerjoin(_estimates, _estimates.c.sample_id == _samples.c.id)
        .where(_samples.c.bundle_id == bundle_id, _samples.c.stream == Stream.AUDIT)
        .group_by(*subject)
    )
    return {
        _subject(row): SampleCounts(row.waiting, row.left_out) for row in connection.execute(query)
    }


def broken_promises(connection: Connection, bundle_id: str) -> list[BrokenPromise]:
    """Return the overrides of a bundle that nobody has lifted, oldest first."""
    query = (
        select(
            _overrides,
            *(
                _watches.c[name]
                for name in ("target_precision", "audits", "errors", "precision", "upper_bound")
            ),
        )
        .join(_watches, _watches.c.id == _overrides.c.watch_id)
        .where(_overrides.c.bundle_id == bundle_id, _overrides.c.lifted_at.is_(None))
        .order_by(_overrides.c.created_at, _overrides.c.id)
    )
    return [_broken(row) for row in connection.execute(query)]


def past_estimates(
    connection: Connection, limit: int, before: int | None = None
) -> list[PastEstimate]:
    """Return up to `limit` estimates of all watches, newest first, older than the id `before`."""
    query = (
        select(
            _estimates,
            *(
                _watches.c[name]
                for name in ("bundle_id", "decision", "group_name", "target_precision", "threshold")
            ),
        )
        .join(_watches, _watches.c.id == _estimates.c.watch_id)
        .order_by(_estimates.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(_estimates.c.id < before)
    return [_past(row) for row in connection.execute(query)]


def changes(connection: Connection, limit: int, before: int | None = None) -> list[Change]:
    """Return up to `limit` events of promises, newest first, older than the id `before`."""
    query = (
        select(_events)
        .where(_events.c.subject == EVENT_SUBJECT)
        .order_by(_events.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(_events.c.id < before)
    return [
        Change(row.id, row.at, row.subject_id, row.kind, row.actor, row.details)
        for row in connection.execute(query)
    ]


def last_audit_at(connection: Connection, bundle_id: str) -> datetime | None:
    """Return when a verdict on an audit of the bundle was last counted, None before the first."""
    counted = _watches.c.audits + _watches.c.unsure > 0
    query = select(func.max(_watches.c.updated_at)).where(
        _watches.c.bundle_id == bundle_id, counted
    )
    found: datetime | None = connection.execute(query).scalar_one()
    return found


def _subject(row: Row[Any]) -> Subject:
    return Subject(row.bundle_id, row.target_precision, row.decision, name_of(row.group_name))


def _live(row: Row[Any]) -> LiveEstimate:
    return LiveEstimate(
        threshold=row.threshold,
        audits=row.audits,
        errors=row.errors,
        unsure=row.unsure,
        precision=row.precision,
        lower_bound=row.lower_bound,
        upper_bound=row.upper_bound,
        evidence=row.evidence,
        since=row.started_at,
        updated_at=row.updated_at,
    )


def _broken(row: Row[Any]) -> BrokenPromise:
    return BrokenPromise(
        id=row.id,
        decision=row.decision,
        group=group_of(row.group_name),
        target_precision=row.target_precision,
        threshold_before=row.threshold_before,
        threshold=row.threshold,
        created_at=row.created_at,
        audits=row.audits,
        errors=row.errors,
        precision=row.precision,
        upper_bound=row.upper_bound,
    )


def _past(row: Row[Any]) -> PastEstimate:
    return PastEstimate(
        id=row.id,
        at=row.at,
        bundle_id=row.bundle_id,
        decision=row.decision,
        group=group_of(row.group_name),
        target_precision=row.target_precision,
        threshold=row.threshold,
        audits=row.audits,
        errors=row.errors,
        precision=row.precision,
        lower_bound=row.lower_bound,
        upper_bound=row.upper_bound,
        evidence=row.evidence,
    )
