from __future__ import annotations

from collections.abc import Mapping
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decider.attributes import Compared, attribute_table, compare

NAN = float("nan")


def compared(query: Mapping[str, str], product: Mapping[str, str]) -> Compared:
    return compare(attribute_table([query]), attribute_table([product, {}]), np.array([[0, -1]]))


def identifier(query: Mapping[str, str], product: Mapping[str, str]) -> float:
    return float(compared(query, product).identifier[0, 0])


@pytest.mark.parametrize(
    ("query", "product", "expected"),
    [
        ({"ean": "4006381333931"}, {"gtin": "4006381333931"}, 1),
        ({"EAN": "4006381333931"}, {"gtin14": "04006381333931"}, 1),
        ({"upc": "0 12345-67890 5"}, {"ean": "0012345678905"}, 1),
        ({"ean": "4006381333931"}, {"ean": "4006381333948"}, 0),
        ({"mpn": "K8524-X8"}, {"part_number": "k8524x8"}, 1),
        ({"mpn": "K8524X8", "ean": "1"}, {"mpn": "K8524X8", "ean": "2"}, 1),
        ({"mpn": "K8524X8"}, {"ean": "4006381333931"}, NAN),
        ({"ean": "4006381333931"}, {}, NAN),
        ({"ean": "0000000000000"}, {"ean": "0000000000000"}, NAN),
        ({"ean": "-"}, {"ean": "-"}, NAN),
        ({"ean": "4006381333931.0"}, {"ean": "4006381333931"}, 1),
        ({"mpn": "1234.0"}, {"mpn": "1234"}, 1),
        ({"ean": "4.00638E+12"}, {"ean": "4006381333931"}, NAN),
        ({"ean": "n/a"}, {"ean": "n/a"}, NAN),
        ({"mpn": "ECSB"}, {"mpn": "ecsb"}, 1),
        ({"isbn": "0-306-40615-2"}, {"isbn13": "978-0-306-40615-7"}, 1),
        ({"isbn": "9780306406157"}, {"isbn": "9790306406156"}, 0),
        ({"gtin": "", "ean": "7"}, {"gtin": "7", "ean": "8"}, 1),
    ],
    ids=[
        "names of one meaning",
        "filled up with zeros",
        "signs",
        "conflict",
        "part number",
        "one of two",
        "other kinds",
        "one side",
        "zeros only",
        "signs only",
        "a GTIN that was a float",
        "a part number that was a float",
        "a GTIN cut short by a spreadsheet",
        "no GTIN on either side",
        "a part number without a digit",
        "both ISBN",
        "other ISBN",
        "an empty value",
    ],
)
def test_identifiers(query: dict[str, str], product: dict[str, str], expected: float) -> None:
    np.testing.assert_equal(identifier(query, product), expected)
    np.testing.assert_equal(identifier(product, query), expected)


def test_brand_and_category_are_compared_as_words() -> None:
    query = {"Brand": "DE'LONGHI", "category": "Fridges & freezers"}
    found = compared(query, {"manufacturer": "De Longhi", "category": "fridges, freezers"})
    assert (found.brand[0, 0], found.category[0, 0]) == (1, 1)
    found = compared(query, {"brand": "Delonghi", "product_type": "Fridges"})
    assert (found.brand[0, 0], found.category[0, 0]) == (0, 0)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1299", 1299),
        ("1,299.00", 1299),
        ("1.299,00 €", 1299),
        ("EUR 1 299,00", 1299),
        ("1'299.-", 1299),
        ("12.50", 12.5),
        ("12,5", 12.5),
        ("0.125", 0.125),
        ("1,299,000", 1_299_000),
        ("1.299", 1299),
    ],
)
def test_prices_as_they_are_written(written: str, amount: float) -> None:
    assert attribute_table([{"price": written}]).log_prices[0] == pytest.approx(log(amount))


@pytest.mark.parametrize(
    "written", ["", "free", "0", "0.00", "10-20", "1.2.3", "9" * 400, "5 for 3"]
)
def test_what_is_no_price_is_missing(written: str) -> None:
    assert np.isnan(attribute_table([{"price": written}]).log_prices[0])


def test_prices_are_as_far_apart_in_either_direction() -> None:
    dear, cheap = {"price": "200"}, {"price": "50"}
    assert compared(dear, cheap).price[0, 0] == pytest.approx(log(4))
    assert compared(cheap, dear).price[0, 0] == pytest.approx(log(4))
    assert compared(dear, dear).price[0, 0] == 0


def test_where_there_is_no_candidate_nothing_is_comparable() -> None:
    everything = {"ean": "1", "brand": "b", "category": "c", "price": "1"}
    found = compared(everything, everything)
    for values in (found.identifier, found.brand, found.category, found.price):
        assert values.shape == (1, 2)
        assert not np.isnan(values[0, 0])
        assert np.isnan(values[0, 1])


def test_a_query_without_attributes_has_nothing_to_compare() -> None:
    found = compared({"colour": "red"}, {"ean": "1", "brand": "b", "category": "c", "price": "1"})
    for values in (found.identifier, found.brand, found.category, found.price):
        assert values.shape == (1, 2)
        assert np.isnan(values).all()


names = st.sampled_from(["ean", "GTIN", "mpn", "isbn", "brand", "category", "price", "colour"])
rows = st.dictionaries(names, st.text(max_size=15), max_size=5)


@given(rows, rows)
def test_any_text_can_be_compared(query: dict[str, str], product: dict[str, str]) -> None:
    found = compared(query, product)
    for values in (found.identifier, found.brand, found.category):
        assert np.isin(values[0, 0], [0, 1]) or np.isnan(values[0, 0])
    assert not np.isinf(found.price).any()


@given(rows)
def test_nothing_differs_from_itself(row: dict[str, str]) -> None:
    found = compared(row, row)
    for values in (found.identifier, found.brand, found.category):
        assert np.isnan(values[0, 0]) or values[0, 0] == 1
    assert np.isnan(found.price[0, 0]) or found.price[0, 0] == 0
