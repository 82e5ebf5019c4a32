from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from service.dashboard.period import PERIODS, Name, period_named

NOW = datetime(2026, 11, 26, 14, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("day", datetime(2026, 11, 25, 15, tzinfo=UTC), datetime(2026, 11, 26, 14, tzinfo=UTC)),
        ("week", datetime(2026, 11, 19, 18, tzinfo=UTC), datetime(2026, 11, 26, 12, tzinfo=UTC)),
        ("month", datetime(2026, 10, 28, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC)),
    ],
)
def test_a_period_ends_with_the_present_step(name: Name, first: datetime, last: datetime) -> None:
    times = period_named(name).times(NOW)
    assert (times[0], times[-1]) == (first, last)


def test_periods_are_as_long_as_their_titles_say() -> None:
    for one in PERIODS:
        times = one.times(NOW)
        assert {later - earlier for earlier, later in pairwise(times)} == {one.step}
        number, unit = one.title.split()
        assert len(times) * one.step == timedelta(**{unit: int(number)})


def test_steps_are_those_of_utc() -> None:
    day = period_named("month")
    late = datetime(2026, 11, 26, 1, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert day.start_of(late) == datetime(2026, 11, 25, tzinfo=UTC)


def test_steps_have_names() -> None:
    assert [period.step_in_words for period in PERIODS] == ["hour", "6 hours", "day"]
