"""Against the titles "Neff K8524X8 fridge", "Neff K8524X8 memory 8x 64 GB", "Fridge 32GB", "".

Their tokens weigh 1, but "neff" 3; what is in no title weighs 2.
"""

from __future__ import annotations

import pytest

from tests.models.decider.catalogue import direction, pairs, values

QUERY = "Neff K8524X8GB fridge"
"""Words neff (3), k, x, gb, fridge; numbers 8524, 8; code k8524x8gb (2); measures 8524 x, 8 gb."""
TEXT_OF_QUERY = 3 + 1 + 1 + 1 + 1 + 1 + 1

EXPECTED: dict[str, list[float]] = {
    # Title a: words neff, k, x, fridge, numbers 8524, 8. b: + memory, gb, 64; no fridge.
    "share_of_query": [8 / 9, 8 / 9, 2 / 9, 0],
    "share_of_title": [1, 8 / 10, 2 / 3, 0],
    "words_only_in_query": [1, 1, 5, 7],
    "words_only_in_title": [0, 1, 0, 0],
    "numbers_in_both": [2, 2, 0, 0],
    "numbers_only_in_query": [0, 0, 2, 2],
    "numbers_only_in_title": [0, 1, 1, 0],
    "codes_in_both": [0, 0, 0, 0],
    "codes_only_in_query": [2, 2, 2, 2],
    "codes_only_in_title": [1, 1, 0, 0],
    "measures_in_both": [1, 1, 0, 0],
    "measures_only_in_query": [2, 2, 3, 3],
    "units_in_both": [1, 2, 1, 0],
    "lead_in_shared_text": [0, 0, -6, -8],
    "lead_in_unshared_title": [0, -2, -1, 0],
    "weight_of_query": [TEXT_OF_QUERY] * 4,
}


@pytest.mark.parametrize("feature", EXPECTED)
def test_values_worked_out_by_hand(feature: str) -> None:
    expected = [round(value, 4) for value in EXPECTED[feature]]
    assert values(feature, pairs(QUERY)) == pytest.approx(expected)


def test_a_code_that_both_have() -> None:
    assert values("codes_in_both", pairs("K8524X8")) == [1, 1, 0, 0]
    assert values("codes_only_in_query", pairs("K8524X8")) == [0, 0, 1, 1]


def test_a_measure_is_the_same_with_and_without_a_space() -> None:
    assert values("measures_in_both", pairs("64GB")) == [0, 1, 0, 0]
    assert values("measures_in_both", pairs("32 gb")) == [0, 0, 1, 0]


def test_the_same_unit_with_another_number_is_a_conflict() -> None:
    """Title c has 32 GB; title b 64 GB."""
    query = pairs("fridge 64GB")
    assert values("units_in_both", query)[1:3] == [1, 1]
    assert values("measures_in_both", query)[1:3] == [1, 0]
    assert values("measures_only_in_query", query)[1:3] == [0, 1]


def test_a_size_that_is_an_attribute_counts_as_if_the_text_said_it() -> None:
    query = pairs("fridge", attributes={"Capacity": "64 GB"})
    assert values("measures_in_both", query) == [0, 1, 0, 0]
    assert values("units_in_both", query) == [0, 1, 1, 0]


@pytest.mark.parametrize("feature", EXPECTED)
def test_where_there_is_no_candidate_nothing_fails(feature: str) -> None:
    found = values(feature, pairs(QUERY, (1, -1)))
    alone = values(feature, pairs(QUERY, (1,)))
    assert found[:1] == pytest.approx(alone, nan_ok=True)


@pytest.mark.parametrize("query", ["", "!", "🎧"], ids=["empty", "signs", "emoji"])
def test_a_query_without_words_shares_nothing(query: str) -> None:
    assert values("share_of_query", pairs(query)) == [0] * 4
    assert values("share_of_title", pairs(query)) == [0] * 4
    assert values("weight_of_query", pairs(query)) == [0] * 4


@pytest.mark.parametrize("feature", ["share_of_query", "share_of_title", "codes_in_both"])
def test_more_in_common_may_only_raise_the_probability(feature: str) -> None:
    assert direction(feature) == 1
