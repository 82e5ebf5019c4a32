from __future__ import annotations

from math import log

import pytest

from tests.models.decider.catalogue import direction, pairs, values

NAN = float("nan")
QUERY = {"gtin": "04006381333931", "brand": "Neff", "category": "Fridges", "price": "250,00"}
EXPECTED = {
    "identifier_agrees": [1, NAN, NAN, NAN],
    "brand_agrees": [1, 1, 0, NAN],
    "category_agrees": [NAN, NAN, 1, NAN],
    "price_apart": [log(2), NAN, NAN, NAN],
}


@pytest.mark.parametrize("feature", EXPECTED)
def test_values_worked_out_by_hand(feature: str) -> None:
    found = values(feature, pairs("x", attributes=QUERY))
    assert found == pytest.approx(EXPECTED[feature], abs=1e-4, nan_ok=True)


@pytest.mark.parametrize("feature", EXPECTED)
def test_without_attributes_of_the_query_all_are_missing(feature: str) -> None:
    assert values(feature, pairs("x")) == pytest.approx([NAN] * 4, nan_ok=True)


def test_another_identifier_is_a_conflict() -> None:
    found = values("identifier_agrees", pairs("x", attributes={"ean": "4006381333948"}))
    assert found[0] == 0


def test_agreement_may_only_raise_the_probability_and_another_price_only_lower_it() -> None:
    names = ["identifier_agrees", "brand_agrees", "category_agrees", "price_apart"]
    assert [direction(name) for name in names] == [1, 1, 1, -1]
