"""The dashboard as what its template shows: texts, and charts that are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any

from service.dashboard import charts
from service.dashboard.period import PERIODS
from service.dashboard.reading import AGES, Dashboard
from service.dashboard.words import (
    STATES,
    age,
    part_in_words,
    part_title,
    promise_in_words,
)
from service.promise.status import Part, PromiseState
from service.web.charts import drawing
from service.web.charts.data import Chart, level_in_words, shown, summary
from service.web.charts.drawing import Drawing, draw, moment

SIZE = {
    "width": drawing.WIDTH,
    "height": drawing.HEIGHT,
    "left": drawing.LEFT,
    "right": drawing.RIGHT,
    "top": drawing.TOP,
    "bottom": drawing.BOTTOM,
}
AUDIT_COLUMNS = ("audits", "wrong", "precision", "at least")
LOOKS = {
    PromiseState.KEPT: "good",
    PromiseState.TIGHTENED: "warning",
    PromiseState.STOPPED: "problem",
    PromiseState.NOT_PROMISED: "neutral",
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart with its shapes, its summary and its rows as a table."""

    chart: Chart
    drawing: Drawing
    summary: str
    levels: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Tile:
    name: str
    figure: str
    detail: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class PartRow:
    """How the promise of some queries stands; `numbers` are those of the audits, with names."""

    title: str
    says: str
    state: str
    look: str
    numbers: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class AgeRow:
    """Tasks of an age, and how many per cent that is of those of the commonest age."""

    name: str
    tasks: str
    percent: float
    look: str


def page_of(board: Dashboard, audit_share: float) -> dict[str, Any]:
    """Return what the template takes."""
    return {
        "size": SIZE,
        "periods": PERIODS,
        "period": board.period,
        "now": moment(board.now),
        "tiles": list(_tiles(board)),
        "promised": promise_in_words(board.status.promise),
        "parts": [_part_row(board, part) for part in board.status.parts],
        "audit_columns": AUDIT_COLUMNS,
        "audits_known": f"Audits are those answered before {moment(board.audited_until)}.",
        "restorable": board.status.state in (PromiseState.TIGHTENED, PromiseState.STOPPED),
        "audits_advice": _audits_advice(audit_share),
        "promise_charts": drawn(charts.promise_charts(board)),
        "automation_charts": drawn(charts.automation_charts(board)),
        "waiting": list(_ages(board)) if board.waiting.tasks else [],
        "traffic_charts": drawn(charts.traffic_charts(board)),
        "traffic_note": _traffic_note(board),
        "bundle_id": board.bundle_id,
    }


def drawn(found: Sequence[Chart]) -> list[Drawn]:
    """Return charts with their shapes."""
    return [
        Drawn(
            chart,
            draw(chart),
            summary(chart),
            [level_in_words(chart, one) for one in chart.levels],
            rows(chart),
        )
        for chart in found
    ]


def rows(chart: Chart) -> list[list[str]]:
    """Return the numbers of a chart, a row for each time, newest first."""
    levels = [shown(level.value, chart.unit) for level in chart.levels]
    found = [
        [moment(time), *(shown(one.values[place], chart.unit) for one in chart.series), *levels]
        for place, time in enumerate(chart.times)
    ]
    return found[::-1]


def _tiles(board: Dashboard) -> Iterator[Tile]:
    counts, status = board.counts, board.status
    coverage = charts.automation_coverage(counts)
    yield Tile(
        "Answered without a person",
        shown(coverage, "share"),
        f"of {shown(float(counts.queries), 'count')} queries in {board.period.title}",
    )
    yield Tile(
        "The promise", STATES[status.state].capitalize(), _states(board), LOOKS[status.state]
    )
    yield _audited_tile(board)
    waiting = board.waiting
    oldest = "" if waiting.oldest is None else f"the oldest for {age(waiting.oldest, board.now)}"
    yield Tile(
        "Waiting for a person", shown(float(waiting.tasks), "count"), oldest or "the queue is empty"
    )


def _audited_tile(board: Dashboard) -> Tile:
    """Return what audits say of the part that was audited most."""
    target = shown(board.status.promise.target_precision, "share", 0)
    found = [(part, charts.audits_of(board, part)[-1:]) for part in board.status.parts]
    last = [(part, audits[0]) for part, audits in found if audits]
    if not last:
        return Tile("Audited precision", shown(None, "share"), "no audit has been answered yet")
    part, audit = max(last, key=lambda one: one[1].audits)
    of = "" if len(board.status.parts) == 1 else f" ({part_title(part)})"
    return Tile(
        "Audited precision",
        shown(audit.precision, "share"),
        f"at least {shown(audit.lower_bound, 'share')}{of}; promised {target}",
    )


def _states(board: Dashboard) -> str:
    """Return how many parts are in which state."""
    states = [part.state for part in board.status.parts]
    if len(states) == 1:
        return f"precision {shown(board.status.promise.target_precision, 'share', 0)}"
    counts = ((states.count(state), words) for state, words in STATES.items())
    return ", ".join(f"{count} {words}" for count, words in counts if count)


def _part_row(board: Dashboard, part: Part) -> PartRow:
    known = charts.audits_of(board, part)
    last = known[-1] if known and known[-1].ended_at is None else None
    numbers = (shown(None, "count"),) * len(AUDIT_COLUMNS)
    if last is not None:
        counted = (shown(float(count), "count") for count in (last.audits, last.errors))
        numbers = (*counted, shown(last.precision, "share"), shown(last.lower_bound, "share"))
    state = STATES[part.state]
    return PartRow(
        part_title(part),
        part_in_words(part, board.decides_by),
        state,
        LOOKS[part.state],
        list(zip(AUDIT_COLUMNS, numbers, strict=True)),
    )


def _ages(board: Dashboard) -> Iterator[AgeRow]:
    most = max(board.waiting.by_age)
    for place, (name, tasks) in enumerate(zip(age_names(), board.waiting.by_age, strict=True)):
        look = "second" if place >= len(AGES) - 2 else "first"
        yield AgeRow(name, f"{tasks:,}", round(100 * tasks / most, 1), look)


def age_names() -> Iterator[str]:
    below = (f"up to {_duration(one)}" for one in AGES)
    return chain(below, [f"above {_duration(AGES[-1])}"])


def _duration(length: timedelta) -> str:
    hours = length // timedelta(hours=1)
    return f"{hours} h" if hours < 72 else f"{hours // 24} days"


def _audits_advice(audit_share: float) -> str:
    if not audit_share:
        return (
            "Nobody checks whether the promise holds: ALC_AUDIT_SHARE is 0. Set it to, say, 0.02,"
            " so that two in a hundred answers become tasks for people."
        )
    return (
        f"No audit has been answered yet. {shown(audit_share, 'share')} of the answers without a"
        " person become tasks in the review queue; once people answer them, this shows whether the"
        " promise holds."
    )


def _traffic_note(board: Dashboard) -> str:
    if board.reference is None:
        return ""
    return (
        f"How far queries are from the {board.reference.queries:,} that the bundle was made for."
        " A shift is seen without labels and proves nothing by itself: look at what audits say."
    )
