"""Counts traffic in memory, and adds it to the database together with decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import structlog
from sqlalchemy import Connection, Engine

from models.bundle.bundle import Bundle
from service.clock import SqlClock, time_of
from service.database.engine import transaction
from service.drift import repository
from service.drift.counts import Counts, Seen, counts_of, total
from service.drift.repository import TrafficHour, hour_of
from service.errors import DatabaseUnavailable

# One row by replica and hour: written more often, replicas would wait for each other's commits.
FLUSH_SECONDS = 5.0
# While the database is away counts are kept by bundle and minute: with one bundle, for a day.
SPAN_SECONDS = 60.0
MOST_SPANS = 1440

Monotonic = Callable[[], float]
Flush = Callable[[Connection], None]
_Span = tuple[str, int]  # bundle, and minute of the process's clock

log = structlog.get_logger(__name__)


class TrafficRecorder:
    """What was seen and is not in the database yet. All methods belong to one thread at a time.

    Hours are the database's: the process measures only how long ago a query was seen, to a minute
    while the database is away, to `FLUSH_SECONDS` otherwise.
    """

    def __init__(self, monotonic: Monotonic) -> None:
        self._monotonic = monotonic
        self._pending: dict[_Span, Counts] = {}
        self._since: dict[_Span, float] = {}  # when the first query of the span was seen
        self._flushed_at = monotonic()

    def add(self, bundle: Bundle, seen: Sequence[Seen]) -> None:
        """Count queries that a bundle has answered."""
        if not seen:
            return
        now = self._monotonic()
        span = bundle.bundle_id, int(now // SPAN_SECONDS)
        self._since.setdefault(span, now)
        self._pending[span] = self._pending.get(span, Counts()) + counts_of(bundle, seen)
        if len(self._pending) > MOST_SPANS:
            self._forget_oldest()

    @contextmanager
    def flushing(self, clock: SqlClock) -> Iterator[Flush]:
        """Yield what writes the counts in a transaction of the block, if that is due.

        They count as written once the block ends without an error, so the transaction must be
        within it, and what writes them its last statement: the rows are those of all replicas.
        """
        written: list[_Span] = []

        def flush(connection: Connection) -> None:
            if self._monotonic() - self._flushed_at >= FLUSH_SECONDS:
                written.extend(self._write(connection, clock))

        yield flush
        self._written(written)

    def close(self, engine: Engine, clock: SqlClock) -> None:
        """Write what is left; when the database is away it is lost, and the log says so."""
        try:
            with transaction(engine) as connection:
                written = self._write(connection, clock)
        except DatabaseUnavailable:
            lost = total(self._pending.values()).queries
            log.warning("traffic_lost", queries=lost, reason="database_unavailable")
        else:
            self._written(written)

    def _write(self, connection: Connection, clock: SqlClock) -> list[_Span]:
        spans = list(self._pending)
        if spans:
            repository.add(connection, self._hours(connection, clock, spans))
        return spans

    def _hours(
        self, connection: Connection, clock: SqlClock, spans: Sequence[_Span]
    ) -> list[TrafficHour]:
        there, here = time_of(connection, clock), self._monotonic()
        hours: dict[tuple[str, object], TrafficHour] = {}
        for span in spans:
            hour = hour_of(there - timedelta(seconds=here - self._since[span]))
            before = hours.get((span[0], hour))
            counts = self._pending[span] + (before.counts if before else Counts())
            hours[span[0], hour] = TrafficHour(span[0], hour, counts)
        return list(hours.values())

    def _written(self, spans: Sequence[_Span]) -> None:
        for span in spans:
            del self._pending[span], self._since[span]
        if spans:
            self._flushed_at = self._monotonic()

    def _forget_oldest(self) -> None:
        oldest = next(iter(self._pending))
        del self._since[oldest]
        lost = self._pending.pop(oldest)
        log.warning("traffic_lost", queries=lost.queries, reason="database_away_for_too_long")
