"""A chart as shapes in a plane: numbers and paths, ready to be written as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from service.web.charts.data import Chart, Series, Values, shown
from service.web.charts.scale import Axis, time_ticks, value_axis

WIDTH, HEIGHT = 360, 180
LEFT, RIGHT, TOP, BOTTOM = 50, 352, 14, 152
BAR_SHARE = 0.72


@dataclass(frozen=True, slots=True)
class Shape:
    """A path of SVG with its CSS class."""

    path: str
    look: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A label at a place along an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    look: str


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one time: what is said of it, and the dots that mark it."""

    x: float
    width: float
    text: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All shapes of a chart, later ones above earlier ones."""

    values: tuple[Mark, ...]
    times: tuple[Mark, ...]
    levels: tuple[float, ...]
    shapes: tuple[Shape, ...]
    dots: tuple[Dot, ...]
    slots: tuple[Slot, ...]


def draw(chart: Chart) -> Drawing:
    """Return the shapes of a chart that has at least one time."""
    plane = _Plane(len(chart.times), _axis(chart))
    stacked = list(_stacked(chart.bars))
    return Drawing(
        values=tuple(
            Mark(plane.y(tick), shown(tick, chart.unit, _label_digits(chart, plane.axis)))
            for tick in plane.axis.ticks
        ),
        times=tuple(Mark(plane.x(place), label) for place, label in time_ticks(chart.times)),
        levels=tuple(plane.y(level.value) for level in chart.levels),
        shapes=(
            *_band(plane, chart.band),
            *(shape for bars in stacked for shape in _bars(plane, *bars)),
            *(shape for line in chart.lines for shape in _line(plane, line)),
        ),
        dots=tuple(dot for line in chart.lines for dot in _lone_dots(plane, line)),
        slots=tuple(_slot(plane, chart, place) for place in range(len(chart.times))),
    )


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where a value of a time lies; y grows downwards."""

    times: int
    axis: Axis

    @property
    def slot(self) -> float:
        return (RIGHT - LEFT) / self.times

    def x(self, place: int) -> float:
        return round(LEFT + (place + 0.5) * self.slot, 1)

    def y(self, value: float) -> float:
        return round(BOTTOM - self.axis.share(value) * (BOTTOM - TOP), 1)


def _axis(chart: Chart) -> Axis:
    tops = [sum(one or 0.0 for one in values) for values in _columns(chart.bars)]
    found = [
        *(value for one in chart.series if one not in chart.bars for value in _present(one)),
        *(level.value for level in chart.levels),
        *tops,
    ]
    low = chart.low if chart.low is not None else min(found, default=0.0)
    high = max([*found, low, *([] if chart.high is None else [chart.high])])
    return value_axis(low, high, least_step=1.0 if chart.unit == "count" else 0.0)


def _label_digits(chart: Chart, axis: Axis) -> int:
    return max(axis.digits - 2, 0) if chart.unit == "share" else axis.digits


def _line(plane: _Plane, line: Series) -> Iterator[Shape]:
    """Yield a path for each stretch without a gap."""
    for places in _stretches(line.values):
        if len(places) > 1:
            yield Shape(_path(_points(plane, line.values, places)), f"line {line.look}")


def _lone_dots(plane: _Plane, line: Series) -> Iterator[Dot]:
    """Yield the values between two gaps, which no path shows."""
    for places in _stretches(line.values):
        if len(places) == 1:
            [(x, y)] = _points(plane, line.values, places)
            yield Dot(x, y, line.look)


def _band(plane: _Plane, band: Series | None) -> Iterator[Shape]:
    if band is None:
        return
    half = plane.slot / 2
    for places in _stretches(band.values):
        upper = [
            (round(x + side, 1), y)
            for x, y in _points(plane, band.values, places)
            for side in (-half, half)
        ]
        corners = [(upper[0][0], BOTTOM), *upper, (upper[-1][0], BOTTOM)]
        yield Shape(f"{_path(corners)}Z", f"band {band.look}")


def _bars(plane: _Plane, bar: Series, below: Values) -> Iterator[Shape]:
    half = plane.slot * BAR_SHARE / 2
    for place, (value, base) in enumerate(zip(bar.values, below, strict=True)):
        if value:
            left, right = (round(plane.x(place) + side, 1) for side in (-half, half))
            foot, head = plane.y(base or 0.0), plane.y((base or 0.0) + value)
            yield Shape(f"M{left} {foot}V{head}H{right}V{foot}Z", f"bar {bar.look}")


def _stacked(bars: Sequence[Series]) -> Iterator[tuple[Series, Values]]:
    """Yield each series of bars with the sums of those below it."""
    below: Values = (0.0,) * (len(bars[0].values) if bars else 0)
    for bar in bars:
        yield bar, below
        below = tuple(
            (one or 0.0) + (other or 0.0) for one, other in zip(below, bar.values, strict=True)
        )


def _slot(plane: _Plane, chart: Chart, place: int) -> Slot:
    said = [f"{one.name}: {shown(one.values[place], chart.unit)}" for one in chart.series]
    dots = [
        Dot(plane.x(place), plane.y(value), line.look)
        for line in chart.lines
        if (value := line.values[place]) is not None
    ]
    left = round(plane.x(place) - plane.slot / 2, 1)
    text = "\n".join([moment(chart.times[place]), *said])
    return Slot(left, round(plane.slot, 1), text, tuple(dots))


def moment(time: datetime) -> str:
    """Return a time as tables and labels name it."""
    return f"{time.day} {time:%b %H:%M}"


def _stretches(values: Values) -> Iterator[list[int]]:
    """Yield the places of values that follow each other without a gap."""
    present = groupby(range(len(values)), lambda place: values[place] is not None)
    return (list(places) for there, places in present if there)


def _points(plane: _Plane, values: Values, places: Sequence[int]) -> list[tuple[float, float]]:
    return [
        (plane.x(place), plane.y(value)) for place in places if (value := values[place]) is not None
    ]


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)


def _present(series: Series) -> Iterator[float]:
    return (value for value in series.values if value is not None)


def _columns(series: Sequence[Series]) -> Iterator[tuple[float | None, ...]]:
    return zip(*(one.values for one in series), strict=True)
