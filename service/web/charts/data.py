"""What a chart shows, before anything is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Unit = Literal["share", "index", "count"]
Values = tuple[float | None, ...]  # one for each time of the chart; None where there is none

GAP = "\u2013"
_DIGITS: dict[Unit, int] = {"share": 1, "index": 3, "count": 0}


@dataclass(frozen=True, slots=True)
class Series:
    """Values that are drawn as a line or, stacked on others, as bars. `look` is its CSS class."""

    name: str
    values: Values
    look: str


@dataclass(frozen=True, slots=True)
class Level:
    """A value to compare with, drawn across."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Series over time. `low` and `high` are where the axis begins and at least ends.

    `low` None lets the values decide. `band` is drawn from the axis' beginning up to its values.
    """

    name: str  # of its element on the page
    title: str
    note: str
    times: tuple[datetime, ...]
    unit: Unit
    lines: tuple[Series, ...] = ()
    bars: tuple[Series, ...] = ()
    band: Series | None = None
    levels: tuple[Level, ...] = ()
    low: float | None = 0.0
    high: float | None = None

    @property
    def series(self) -> tuple[Series, ...]:
        """Return all series, in the order of the legend and of the table."""
        return (*self.lines, *self.bars, *(() if self.band is None else (self.band,)))

    @property
    def empty(self) -> bool:
        """Return whether there is nothing to see: no value, nor a bar that is not zero."""
        of_lines = (value for one in self.lines for value in one.values)
        of_bars = (value for one in self.bars for value in one.values)
        return not any(of_bars) and all(value is None for value in of_lines)


def shown(value: float | None, unit: Unit, digits: int | None = None) -> str:
    """Return a value as a person reads it; `digits` are those behind the point."""
    if value is None:
        return GAP
    places = _DIGITS[unit] if digits is None else digits
    if unit == "share":
        return f"{100 * value:.{places}f}\u00a0%"
    return f"{value:,.{places}f}"


def summary(chart: Chart) -> str:
    """Return the chart in a sentence or two, for those who cannot see it."""
    parts = [_in_words(one, chart.unit) for one in chart.series if _present(one.values)]
    levels = [level_in_words(chart, one) for one in chart.levels]
    return ". ".join([*parts, *levels]) + "."


def level_in_words(chart: Chart, level: Level) -> str:
    """Return a level with its value; trailing zeros say nothing."""
    value = shown(level.value, chart.unit)
    return f"{level.name} {_plain(value)}"


def _plain(number: str) -> str:
    digits, space, unit = number.partition("\u00a0")
    short = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return f"{short}{space}{unit}"


def _in_words(series: Series, unit: Unit) -> str:
    values = _present(series.values)
    last, low, high = (shown(one, unit) for one in (values[-1], min(values), max(values)))
    return f"{series.name}: last {last}, lowest {low}, highest {high}"


def _present(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]
