"""Charts for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from service.web.charts.data import Chart, Series

START = datetime(2026, 1, 1, 22, tzinfo=UTC)


def times(count: int, step: timedelta = timedelta(hours=1)) -> tuple[datetime, ...]:
    return tuple(START + place * step for place in range(count))


def line(*values: float | None, name: str = "line", look: str = "first") -> Series:
    return Series(name, values, look)


def chart(*lines: Series, **fields: Any) -> Chart:
    count = len(lines[0].values) if lines else len(fields["bars"][0].values)
    given = {"unit": "index", **fields}
    return Chart("chart", "Title", "Note", times(count), lines=lines, **given)
