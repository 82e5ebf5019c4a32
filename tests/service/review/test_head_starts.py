from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from service.review.head_starts import HeadStarts

PRICED = HeadStarts(
    priority_hours=24.0,
    value_attribute="price",
    value_hours=10.0,
    near_band=0.05,
    near_hours=6.0,
    audit_hours=30.0,
)


def hours(
    priority: int = 0,
    below_threshold: float | None = None,
    head_starts: HeadStarts = PRICED,
    **attributes: str,
) -> float:
    return head_starts.waiting(priority, attributes, below_threshold) / timedelta(hours=1)


def test_a_query_without_any_reason_has_none() -> None:
    assert hours() == 0


def test_each_step_of_priority_counts() -> None:
    assert (hours(1), hours(9)) == (24, 216)
    assert hours(2, head_starts=replace(PRICED, priority_hours=0.5)) == 1


@pytest.mark.parametrize(
    ("price", "expected"),
    [("1", 0), ("10", 10), ("1000", 30), ("1,000.00 EUR", 30), ("0.01", 0), ("-", 0), ("", 0)],
)
def test_each_factor_of_ten_of_the_value_counts(price: str, expected: float) -> None:
    assert hours(price=price) == pytest.approx(expected)


def test_the_value_is_that_of_the_named_attribute_alone() -> None:
    assert hours(value="1000") == 0
    assert hours(value="1000", head_starts=replace(PRICED, value_attribute="value")) == 30
    assert hours(price="1000", head_starts=replace(PRICED, value_attribute=None)) == 0
    assert hours(price="1000", head_starts=replace(PRICED, value_hours=1.0)) == 3


@pytest.mark.parametrize(
    ("below", "expected"), [(0.01, 6), (0.05, 6), (0.0501, 0), (0.0, 0), (-0.1, 0), (None, 0)]
)
def test_what_lacks_little_to_the_threshold_is_near(below: float | None, expected: float) -> None:
    assert hours(below_threshold=below) == expected


def test_the_band_says_how_little() -> None:
    assert hours(below_threshold=0.1, head_starts=replace(PRICED, near_band=0.1)) == 6


def test_head_starts_add_up() -> None:
    assert hours(1, 0.01, price="10") == 24 + 10 + 6


def test_all_audits_have_the_same_head_start() -> None:
    assert PRICED.audit() == timedelta(hours=30)
