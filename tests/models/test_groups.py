from __future__ import annotations

import pytest

from models.groups import group_of
from models.thresholds import Grouping

QUERY, PRODUCT = {"shop": " north ", "category": "asked"}, {"category": "\tphones"}


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        (Grouping("category"), "phones"),
        (Grouping("category", of="query"), "asked"),
        (Grouping("shop", of="query"), "north"),
        (Grouping("shop"), None),
        (None, None),
    ],
)
def test_a_group_is_an_attribute_of_the_query_or_its_best_product(
    grouping: Grouping | None, expected: str | None
) -> None:
    assert group_of(grouping, QUERY, PRODUCT) == expected


def test_without_a_value_a_query_has_no_group() -> None:
    assert group_of(Grouping("category"), QUERY, {"category": "  "}) is None
    assert group_of(Grouping("category"), QUERY, None) is None
