"""How fast people work, and how long what waits will take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from service.clock import SqlClock, time_of
from service.database.engine import transaction
from service.throughput.repository import (
    PersonDay,
    PersonTotal,
    median_seconds,
    person_days,
    person_totals,
    waiting_tasks,
)

MOST_DAYS = 1000  # of persons; as many persons at most
LAST = timedelta(days=14)
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Throughput:
    """What was done since a time, by person and by day, newest first, and what is left.

    `median_seconds` is over all verdicts since then that were given under a lease; None without
    any. `more` says that there are older days than those returned.
    """

    since: datetime
    persons: Sequence[PersonTotal]
    days: Sequence[PersonDay]
    waiting: int
    median_seconds: float | None
    more: bool

    @property
    def hours_left(self) -> float | None:
        """Return the waiting tasks times the median: hours of one person who does nothing else."""
        if self.median_seconds is None:
            return None
        return self.waiting * self.median_seconds / HOUR


def read_throughput(
    engine: Engine, clock: SqlClock, since: datetime | None = None, most: int = MOST_DAYS
) -> Throughput:
    """Return the throughput since a time, the last 14 days unless it is given.

    Raises DatabaseUnavailable.
    """
    with transaction(engine) as connection:
        since = since or time_of(connection, clock) - LAST
        days = person_days(connection, since, most + 1)
        return Throughput(
            since,
            person_totals(connection, since, most),
            days[:most],
            waiting_tasks(connection),
            median_seconds(connection, since),
            more=len(days) > most,
        )
