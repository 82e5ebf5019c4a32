"""SQL of watches and overrides. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    Connection,
    Row,
    Select,
    Table,
    func,
    insert,
    literal,
    select,
    update,
)

from models.monitoring.watch import Estimate, WatchState
from service.clock import SqlClock
from service.database.tables import (
    DecisionRow,
    LabelSampleRow,
    PromiseEstimateRow,
    PromiseOverrideRow,
    PromiseWatchRow,
    ReviewTaskRow,
    Stream,
    VerdictRow,
)
from service.promise.watches import REPLACED, AuditSample, SampleVerdict, Subject, Watch

_decisions = cast("Table", DecisionRow.__table__)
_samples = cast("Table", LabelSampleRow.__table__)
_tasks = cast("Table", ReviewTaskRow.__table__)
_verdicts = cast("Table", VerdictRow.__table__)
_watches = cast("Table", PromiseWatchRow.__table__)
_estimates = cast("Table", PromiseEstimateRow.__table__)
_overrides = cast("Table", PromiseOverrideRow.__table__)


@dataclass(frozen=True, slots=True)
class Override:
    """A threshold that was raised, or taken away, because audits spoke against it."""

    id: UUID
    subject: Subject
    threshold_before: float
    threshold: float | None
    watch_id: UUID
    created_at: datetime


def lock(connection: Connection, bundle_id: str) -> None:
    """Wait until nobody else changes watches or overrides of this bundle, and keep others waiting.

    The lock ends with the transaction. Verdicts of one bundle are so counted one after the other,
    each on top of what the one before has committed.
    """
    key = func.hashtextextended(literal(f"promise of {bundle_id}"), 0)
    connection.execute(select(func.pg_advisory_xact_lock(key)))


def audit_samples(connection: Connection, task_id: UUID) -> list[SampleVerdict]:
    """Return the audited answers that the final verdict of this task speaks about, oldest first."""
    query = _sample_verdicts().where(_samples.c.task_id == task_id)
    rows = connection.execute(query.order_by(_samples.c.created_at, _samples.c.id))
    return [_sample_verdict(row) for row in rows]


def counting_watches(connection: Connection, task_id: UUID) -> dict[UUID, UUID]:
    """Return the watch that counts it for every audit of this task that was counted before."""
    query = (
        select(_samples.c.id, _estimates.c.watch_id)
        .join(_estimates, _estimates.c.sample_id == _samples.c.id)
        .where(_samples.c.task_id == task_id)
    )
    return {row.id: row.watch_id for row in connection.execute(query)}


def lock_audited(connection: Connection, task_id: UUID) -> None:
    """Lock the bundles that gave the audited answers of this task; see `lock`.

    In a fixed order, so that two verdicts cannot wait for each other.
    """
    of_task = (_samples.c.task_id == task_id, _samples.c.stream == Stream.AUDIT)
    query = select(_samples.c.bundle_id).where(*of_task).distinct()
    for bundle_id in sorted(connection.execute(query).scalars()):
        lock(connection, bundle_id)


def counted_samples(connection: Connection, watch_id: UUID) -> list[SampleVerdict]:
    """Return what a watch has counted, in the order in which it did, with today's verdicts.

    What has no final verdict any more is left out.
    """
    query = (
        _sample_verdicts()
        .join(_estimates, _estimates.c.sample_id == _samples.c.id)
        .where(_estimates.c.watch_id == watch_id)
        .order_by(_estimates.c.id)
    )
    return [_sample_verdict(row) for row in connection.execute(query)]


def open_watch(connection: Connection, subject: Subject) -> Watch | None:
    """Return the watch that has not ended, for update."""
    query = select(_watches).where(*_of(subject), _watches.c.ended_at.is_(None))
    row = connection.execute(query.with_for_update()).one_or_none()
    return None if row is None else _watch(row)


def get_watch(connection: Connection, watch_id: UUID) -> Watch | None:
    """Return a watch, ended or not, for update."""
    query = select(_watches).where(_watches.c.id == watch_id).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else _watch(row)


def last_end(connection: Connection, subject: Subject) -> datetime | None:
    """Return when the last episode of this subject ended, None when none has.

    A watch that only made room for another threshold is no end: answers that were given under that
    one before somebody noticed do count.
    """
    ends = _watches.c.end_reason != REPLACED
    query = select(func.max(_watches.c.ended_at)).where(*_of(subject), ends)
    ended: datetime | None = connection.execute(query).scalar_one()
    return ended


def insert_watch(
    connection: Connection,
    clock: SqlClock,
    watch_id: UUID,
    subject: Subject,
    threshold: float,
    state: WatchState,
    estimate: Estimate,
) -> Watch:
    """Begin a watch; there must be no other of this subject that has not ended."""
    statement = insert(_watches).values(
        id=watch_id,
        **asdict(subject),
        threshold=threshold,
        state=state.to_json(),
        unsure=0,
        **_numbers(estimate),
        started_at=clock(),
        updated_at=clock(),
    )
    return _watch(connection.execute(statement.returning(*_watches.c)).one())


def update_watch(
    connection: Connection,
    clock: SqlClock,
    watch_id: UUID,
    state: WatchState,
    unsure: int,
    estimate: Estimate,
) -> None:
    statement = update(_watches).where(_watches.c.id == watch_id)
    numbers = _numbers(estimate)
    connection.execute(
        statement.values(state=state.to_json(), unsure=unsure, updated_at=clock(), **numbers)
    )


def insert_estimate(
    connection: Connection, clock: SqlClock, watch_id: UUID, sample_id: UUID, estimate: Estimate
) -> None:
    """Record what a watch says after counting a sample; a sample can be counted once only."""
    statement = insert(_estimates).values(
        watch_id=watch_id, sample_id=sample_id, at=clock(), **_numbers(estimate)
    )
    connection.execute(statement)


def end_watch(connection: Connection, clock: SqlClock, watch_id: UUID, reason: str) -> None:
    statement = update(_watches).where(_watches.c.id == watch_id)
    connection.execute(statement.values(ended_at=clock(), end_reason=reason))


def open_watches(connection: Connection, bundle_id: str) -> list[Watch]:
    """Return all watches of a bundle that have not ended, in a fixed order."""
    query = (
        select(_watches)
        .where(_watches.c.bundle_id == bundle_id, _watches.c.ended_at.is_(None))
        .order_by(_watches.c.target_precision, _watches.c.decision, _watches.c.group_name)
    )
    return [_watch(row) for row in connection.execute(query)]


def insert_override(
    connection: Connection,
    clock: SqlClock,
    override_id: UUID,
    watch: Watch,
    threshold: float | None,
) -> None:
    """Take the watched threshold back, for another one or, with None, for nothing at all."""
    subject = watch.subject
    statement = insert(_overrides).values(
        id=override_id,
        bundle_id=subject.bundle_id,
        decision=subject.decision,
        group_name=subject.group_name,
        threshold_before=watch.threshold,
        threshold=threshold,
        watch_id=watch.id,
        created_at=clock(),
    )
    connection.execute(statement)


def overrides_in_force(connection: Connection, bundle_id: str) -> list[Override]:
    """Return the overrides of a bundle that nobody has lifted, oldest first."""
    query = (
        select(_overrides, _watches.c.target_precision)
        .join(_watches, _watches.c.id == _overrides.c.watch_id)
        .where(_overrides.c.bundle_id == bundle_id, _overrides.c.lifted_at.is_(None))
        .order_by(_overrides.c.created_at, _overrides.c.id)
    )
    return [_override(row) for row in connection.execute(query)]


def lift(
    connection: Connection, clock: SqlClock, override_ids: Sequence[UUID], person: str, reason: str
) -> None:
    statement = update(_overrides).where(_overrides.c.id.in_(override_ids))
    connection.execute(statement.values(lifted_at=clock(), lifted_by=person, lift_reason=reason))


def _of(subject: Subject) -> list[Any]:
    return [_watches.c[name] == value for name, value in asdict(subject).items()]


def _sample_verdicts() -> Select[Any]:
    return (
        select(
            _samples,
            _decisions.c.target_precision,
            _verdicts.c.answer,
            _verdicts.c.product_ids,
        )
        .join(_decisions, _decisions.c.id == _samples.c.decision_id)
        .join(_tasks, _tasks.c.id == _samples.c.task_id)
        .join(_verdicts, _verdicts.c.id == _tasks.c.verdict_id)  # the final one
        .where(_samples.c.stream == Stream.AUDIT)
    )


def _sample_verdict(row: Row[Any]) -> SampleVerdict:
    subject = Subject(row.bundle_id, row.target_precision, row.decision, row.group_name or "")
    sample = AuditSample(
        id=row.id,
        subject=subject,
        inclusion_probability=row.inclusion_probability,
        product_id=row.product_id,
        threshold=row.threshold,
        drawn_at=row.created_at,
    )
    return SampleVerdict(sample, row.answer, tuple(row.product_ids))


def _watch(row: Row[Any]) -> Watch:
    return Watch(
        id=row.id,
        subject=Subject(row.bundle_id, row.target_precision, row.decision, row.group_name),
        threshold=row.threshold,
        state=WatchState.from_json(row.state),
        unsure=row.unsure,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def _override(row: Row[Any]) -> Override:
    return Override(
        id=row.id,
        subject=Subject(row.bundle_id, row.target_precision, row.decision, row.group_name),
        threshold_before=row.threshold_before,
        threshold=row.threshold,
        watch_id=row.watch_id,
        created_at=row.created_at,
    )


def _numbers(estimate: Estimate) -> dict[str, Any]:
    """Return the columns that watches and their estimates share."""
    numbers = asdict(estimate)
    del numbers["alarm"]
    return numbers
