"""Axes: where they begin and end, and which values are marked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MOST_VALUES, MOST_TIMES = 5, 5
SMALLEST_SPAN = 1e-9  # below it differences are those of rounding
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
STRIDES = (
    *(hours * _HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * _DAY for days in (1, 2, 5, 10, 20, 50, 100)),
)


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, marked at `ticks`, whose labels need `digits` decimals."""

    low: float
    high: float
    ticks: tuple[float, ...]
    digits: int

    def share(self, value: float) -> float:
        """Return how far up a value lies, from 0 to 1; what is beyond the axis lies at its end."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


def value_axis(low: float, high: float, least_step: float = 0.0) -> Axis:
    """Return an axis of round numbers that holds both; equal ones get room above."""
    high = high if high - low > SMALLEST_SPAN else low + max(abs(low), 1.0) / 2
    step = _round_step(max((high - low) / (MOST_VALUES - 1), least_step))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(place * step for place in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks, _digits(step))


def time_ticks(times: Sequence[datetime]) -> list[tuple[int, str]]:
    """Return the places of a few round times among these, which ascend, with their labels.

    Times of day are marked by hour, and midnights by date, as all are where days are marked.
    """
    if len(times) < 2:
        return [(0, _label(time, _HOUR)) for time in times]
    span = times[-1] - times[0]
    stride = next((one for one in STRIDES if span < MOST_TIMES * one), STRIDES[-1])
    return [
        (place, _label(time, stride)) for place, time in enumerate(times) if _is_round(time, stride)
    ]


def _round_step(least: float) -> float:
    """Return the smallest round number that is not below this."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in STEPS if step * power >= least * (1 - 1e-9))


def _digits(step: float) -> int:
    """Return how many decimals tell multiples of this apart."""
    return next(digits for digits in range(20) if math.isclose(round(step, digits), step))


def _is_round(time: datetime, stride: timedelta) -> bool:
    since_midnight = time - time.replace(hour=0, minute=0, second=0, microsecond=0)
    if stride < _DAY:
        return since_midnight % stride == timedelta()
    return since_midnight == timedelta() and time.toordinal() % (stride // _DAY) == 0


def _label(time: datetime, stride: timedelta) -> str:
    by_date = stride >= _DAY or time.hour == 0
    return f"{time.day} {time:%b}" if by_date else f"{time:%H:%M}"
