"""Which stretch of time the dashboard shows, and in which steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Name = Literal["day", "week", "month"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """So many steps, of which the present one is the last; steps begin at multiples of UTC."""

    name: Name
    title: str
    step: timedelta
    steps: int

    def start_of(self, time: datetime) -> datetime:
        """Return the beginning of the step that a time lies in."""
        return time.astimezone(UTC) - (time - _EPOCH) % self.step

    def times(self, now: datetime) -> tuple[datetime, ...]:
        """Return the beginnings of all steps, the present one last."""
        last = self.start_of(now)
        return tuple(last - back * self.step for back in reversed(range(self.steps)))

    @property
    def step_in_words(self) -> str:
        hours = self.step // timedelta(hours=1)
        return {1: "hour", 24: "day"}.get(hours, f"{hours} hours")


PERIODS = (
    Period("day", "24 hours", timedelta(hours=1), 24),
    Period("week", "7 days", timedelta(hours=6), 28),
    Period("month", "30 days", timedelta(days=1), 30),
)


def period_named(name: Name) -> Period:
    """Return the period of this name."""
    return next(period for period in PERIODS if period.name == name)
