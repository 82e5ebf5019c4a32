"""All that the dashboard shows, read in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from models.bundle.bundle import Bundle
from models.drift.reference import TrafficReference
from service.bundles.endpoints import decides_by
from service.bundles.schemas import DecidesBy
from service.clock import SqlClock, time_of
from service.dashboard import repository
from service.dashboard.period import Period
from service.dashboard.repository import Audited, Waiting
from service.database.engine import transaction
from service.drift import repository as traffic
from service.drift.counts import Counts, total
from service.drift.measures import Drift, drift_of
from service.drift.repository import TrafficHour
from service.promise.effective import Effective, read_effective
from service.promise.status import Status, parts_of

NOTHING = Drift(None, None, None, None)
AGES = tuple(timedelta(hours=hours) for hours in (1, 4, 24, 72, 168))


@dataclass(frozen=True, slots=True)
class Step:
    """The queries of one step: all of them, and how those of the present bundle looked."""

    start: datetime
    counts: Counts
    drift: Drift


@dataclass(frozen=True, slots=True)
class Dashboard:
    """How the service did, up to `now` by the clock of the database.

    `audited` is known up to the beginning of the present hour only: whoever sees audits counted one
    by one knows which tasks are audits.
    """

    bundle_id: str
    decides_by: DecidesBy
    period: Period
    now: datetime
    steps: Sequence[Step]
    status: Status
    audited: Sequence[Audited]
    audited_until: datetime
    waiting: Waiting
    reference: TrafficReference | None

    @property
    def times(self) -> tuple[datetime, ...]:
        return tuple(step.start for step in self.steps)

    @property
    def counts(self) -> Counts:
        """Return the sums over the whole period."""
        return total(step.counts for step in self.steps)


def read_dashboard(
    engine: Engine, clock: SqlClock, bundle: Bundle, target_precision: float, period: Period
) -> Dashboard:
    """Return what there is to show of a bundle.

    Raises BundleError where it has no such target, and DatabaseUnavailable.
    """
    with transaction(engine) as connection:
        now = time_of(connection, clock)
        times = period.times(now)
        until = traffic.hour_of(now)
        effective = read_effective(connection, bundle, target_precision)
        return Dashboard(
            bundle_id=bundle.bundle_id,
            decides_by=decides_by(bundle.runtime),
            period=period,
            now=now,
            steps=_steps(connection, bundle, period, times),
            status=_status(bundle.bundle_id, effective),
            audited=repository.audited(
                connection, bundle.bundle_id, target_precision, times[0], until, period.step
            ),
            audited_until=until,
            waiting=repository.waiting(connection, now, AGES),
            reference=bundle.reference,
        )


def _status(bundle_id: str, effective: Effective) -> Status:
    """Return how the promise stands, without what was audited since: see `Dashboard.audited`."""
    parts = parts_of(bundle_id, effective, {}, {})
    return Status(bundle_id, effective.promise, effective.proposal_id, parts, overrides=())


def _steps(
    connection: Connection, bundle: Bundle, period: Period, times: Sequence[datetime]
) -> list[Step]:
    hours: dict[datetime, list[TrafficHour]] = {time: [] for time in times}
    for hour in traffic.of_all_bundles(connection, times[0]):
        # Later than now only where the database's clock was put back.
        hours.get(period.start_of(hour.hour), []).append(hour)
    return [_step(time, hours[time], bundle) for time in times]


def _step(start: datetime, hours: Sequence[TrafficHour], bundle: Bundle) -> Step:
    of_bundle = total(hour.counts for hour in hours if hour.bundle_id == bundle.bundle_id)
    drift = NOTHING if bundle.reference is None else drift_of(of_bundle, bundle.reference)
    return Step(start, total(hour.counts for hour in hours), drift)
