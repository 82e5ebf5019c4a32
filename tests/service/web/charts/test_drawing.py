from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.charts.data import Level
from service.web.charts.drawing import BOTTOM, LEFT, RIGHT, TOP, Drawing, draw
from tests.service.web.charts.charts import chart, line

VALUES = st.lists(st.one_of(st.none(), st.floats(0, 50)), min_size=1, max_size=30)


def test_a_line_goes_through_its_values() -> None:
    [shape] = draw(chart(line(0.0, 0.5, 1.0), high=1.0)).shapes
    third = (RIGHT - LEFT) / 3
    x = [round(LEFT + (place + 0.5) * third, 1) for place in range(3)]
    middle = float((TOP + BOTTOM) / 2)
    assert shape.path == f"M{x[0]} {float(BOTTOM)}L{x[1]} {middle}L{x[2]} {float(TOP)}"
    assert shape.look == "line first"


def test_a_gap_parts_a_line_and_a_lone_value_is_a_dot() -> None:
    drawing = draw(chart(line(1.0, 2.0, None, 3.0, None, 1.0, 1.0)))
    assert [shape.path.count("L") for shape in drawing.shapes] == [1, 1]
    assert len(drawing.dots) == 1


def test_bars_stand_on_those_before_them() -> None:
    drawing = draw(
        chart(bars=(line(1.0, 2.0, look="first"), line(3.0, None, look="second")), unit="count")
    )
    first, other, upper = drawing.shapes
    assert [shape.look for shape in drawing.shapes] == ["bar first", "bar first", "bar second"]
    assert _heights(first.path) == [float(BOTTOM), _head(upper.path, foot=True)]
    assert _head(upper.path) == TOP  # 1 + 3 is the highest mark
    assert _head(other.path) == (TOP + BOTTOM) / 2


def test_an_axis_holds_the_sum_of_bars() -> None:
    drawing = draw(chart(bars=(line(60.0), line(60.0)), unit="count"))
    assert drawing.values[-1].label == "150"


def test_a_band_reaches_from_the_ground_over_whole_slots() -> None:
    [band] = draw(chart(line(None, None), band=line(1.0, 2.0, look="noise"))).shapes
    assert band.look == "band noise"
    points = _numbers(band.path)
    assert min(points[::2]) == LEFT
    assert max(points[::2]) == RIGHT
    assert points[1] == points[-1] == BOTTOM


def test_levels_lie_where_their_values_would() -> None:
    drawing = draw(chart(line(1.0, 1.0), levels=(Level("limit", 1.0),), high=1.0))
    assert drawing.levels == (TOP,)


def test_an_axis_holds_levels_and_begins_where_it_is_told() -> None:
    high = draw(chart(line(0.9, 0.91), levels=(Level("limit", 0.95),), low=None))
    assert [mark.label for mark in high.values] == ["0.90", "0.92", "0.94", "0.96"]
    low = draw(chart(line(0.9, 0.91)))
    assert low.values[0].label == "0.00"


def test_shares_are_labelled_in_per_cent() -> None:
    labels = [mark.label for mark in draw(chart(line(0.5), unit="share", high=1.0)).values]
    assert labels == ["0\u00a0%", "25\u00a0%", "50\u00a0%", "75\u00a0%", "100\u00a0%"]


def test_each_time_says_all_its_values() -> None:
    drawing = draw(chart(line(0.5, None, name="one"), line(0.25, 1.0, name="two")))
    first, second = drawing.slots
    assert first.text == "1 Jan 22:00\none: 0.500\ntwo: 0.250"
    assert second.text == "1 Jan 23:00\none: \u2013\ntwo: 1.000"
    assert [len(slot.dots) for slot in drawing.slots] == [2, 1]


@given(VALUES, st.sampled_from(["line", "bars"]))
def test_nothing_is_drawn_outside(values: list[float | None], kind: str) -> None:
    series = line(*values)
    drawing = draw(chart(series, band=series) if kind == "line" else chart(bars=(series, series)))
    for x, y in _points(drawing):
        assert LEFT - 0.1 <= x <= RIGHT + 0.1
        assert TOP - 0.1 <= y <= BOTTOM + 0.1


@pytest.mark.parametrize("values", [(None, None), (0.0, 0.0)])
def test_nothing_can_be_drawn(values: tuple[float | None, ...]) -> None:
    assert draw(chart(line(*values))).values


def _numbers(path: str) -> list[float]:
    return [float(number) for number in re.findall(r"[\d.]+", path)]


def _heights(path: str) -> list[float]:
    """Return foot and head of a bar."""
    match = re.fullmatch(r"M[\d.]+ ([\d.]+)V([\d.]+)H[\d.]+V[\d.]+Z", path)
    assert match
    return [float(match[1]), float(match[2])]


def _head(path: str, *, foot: bool = False) -> float:
    return _heights(path)[0 if foot else 1]


def _points(drawing: Drawing) -> list[tuple[float, float]]:
    found = [(dot.x, dot.y) for dot in drawing.dots]
    for shape in drawing.shapes:
        if shape.look.startswith("bar"):
            left, foot, head, right, _ = _numbers(shape.path)
            found += [(left, foot), (right, head)]
        else:
            numbers = _numbers(shape.path)
            found += list(zip(numbers[::2], numbers[1::2], strict=True))
    return found
