from __future__ import annotations

import pytest

from service.web.charts.data import Level, Unit, level_in_words, shown, summary
from tests.service.web.charts.charts import chart, line


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.9512, "share", "95.1\u00a0%"),
        (1.0, "share", "100.0\u00a0%"),
        (0.12345, "index", "0.123"),
        (12345.0, "count", "12,345"),
        (None, "share", "\u2013"),
    ],
)
def test_a_value_is_shown_as_people_read_it(value: float | None, unit: Unit, expected: str) -> None:
    assert shown(value, unit) == expected


def test_digits_can_be_chosen() -> None:
    assert shown(0.95, "share", 0) == "95\u00a0%"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.95, "share", "promised 95\u00a0%"),
        (0.955, "share", "promised 95.5\u00a0%"),
        (0.1, "index", "promised 0.1"),
        (100.0, "count", "promised 100"),
    ],
)
def test_a_level_is_named_with_its_value(value: float, unit: Unit, expected: str) -> None:
    assert level_in_words(chart(line(1.0), unit=unit), Level("promised", value)) == expected


def test_a_summary_says_what_is_to_be_seen() -> None:
    found = summary(
        chart(
            line(0.5, None, 0.7, 0.6, name="coverage"),
            line(None, None, None, None, name="nothing"),
            unit="share",
            levels=(Level("target", 0.8),),
        )
    )
    assert found == (
        "coverage: last 60.0\u00a0%, lowest 50.0\u00a0%, highest 70.0\u00a0%. target 80\u00a0%."
    )


def test_a_chart_without_values_is_empty() -> None:
    assert chart(line(None, None)).empty
    assert not chart(line(None, 0.0)).empty  # a measured zero
    assert chart(bars=(line(0.0, None),)).empty  # nothing counted
    assert not chart(bars=(line(0.0, 1.0),)).empty
    assert chart(line(None), band=line(0.1)).empty  # chance alone
