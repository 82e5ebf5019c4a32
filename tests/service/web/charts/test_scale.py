from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.charts.scale import MOST_TIMES, MOST_VALUES, time_ticks, value_axis
from tests.service.web.charts.charts import times

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("low", "high", "ticks", "digits"),
    [
        (0, 1, (0, 0.25, 0.5, 0.75, 1), 2),
        (0, 0.31, (0, 0.1, 0.2, 0.3, 0.4), 1),
        (0.93, 1, (0.92, 0.94, 0.96, 0.98, 1), 2),
        (0, 1_240, (0, 500, 1_000, 1_500), 0),
    ],
)
def test_marks_are_round(low: float, high: float, ticks: tuple[float, ...], digits: int) -> None:
    axis = value_axis(low, high)
    assert axis.ticks == pytest.approx(ticks)
    assert axis.digits == digits
    assert (axis.low, axis.high) == (axis.ticks[0], axis.ticks[-1])


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_an_axis_holds_all_values_with_few_marks(low: float, span: float) -> None:
    axis = value_axis(low, low + span)
    slack = (axis.high - axis.low) * 1e-6
    assert axis.low <= low + slack
    assert axis.high >= low + span - slack
    assert 2 <= len(axis.ticks) <= MOST_VALUES + 2


def test_equal_values_get_room() -> None:
    assert value_axis(0, 0).high > 0
    assert value_axis(3, 3).high > 3
    assert value_axis(0, 1e-300).high > 0.1


def test_counts_are_marked_at_whole_numbers() -> None:
    assert value_axis(0, 1, least_step=1.0).ticks == (0, 1)


def test_a_value_lies_between_the_ends() -> None:
    axis = value_axis(0, 2)
    assert [axis.share(value) for value in (-1, 0, 0.5, 2, 9)] == [0, 0, 0.25, 1, 1]


def test_times_of_a_day_are_marked_by_hour_and_midnight_by_date() -> None:
    assert time_ticks(times(24)) == [
        (2, "2 Jan"),
        (8, "06:00"),
        (14, "12:00"),
        (20, "18:00"),
    ]


@pytest.mark.parametrize(
    ("count", "step"), [(28, 6 * HOUR), (30, DAY), (7, DAY), (400, DAY), (3, HOUR)]
)
def test_few_times_are_marked_at_even_distances(count: int, step: timedelta) -> None:
    shift = timedelta(hours=2) if step != HOUR else timedelta()  # 22:00 is no beginning of a step
    ticks = time_ticks([time + shift for time in times(count, step)])
    assert 1 <= len(ticks) <= MOST_TIMES
    assert len({right - left for (left, _), (right, _) in pairwise(ticks)}) <= 1


def test_a_single_time_is_marked() -> None:
    assert time_ticks(times(1)) == [(0, "22:00")]
    assert time_ticks(()) == []
