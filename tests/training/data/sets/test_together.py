from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from models.catalogue import Product
from training.data.sets.together import Together, basket_matrix, bought_together, related_products

LAMP, BULB, ROPE, TENT = 0, 1, 2, 3
# Lamp and bulb share 3 of 5 baskets: lift 3 * 5 / (3 * 4) = 1.25. Rope and tent share 1: lift 5.
# Rope and bulb share 1: lift 1 * 5 / (1 * 4) = 1.25.
BASKETS = [[LAMP, BULB], [LAMP, BULB], [LAMP, BULB], [BULB, ROPE, TENT], [4]]


def related(settings: Together, baskets: list[list[int]], count: int) -> list[list[int]]:
    pairs = [(at, product) for at, basket in enumerate(baskets) for product in basket]
    numbers, products = np.array(pairs, dtype=np.int64).T
    matrix = bought_together(basket_matrix(numbers, products, count), settings)
    return [matrix[[row]].indices.tolist() for row in range(count)]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Together(min_common=1, min_lift=1.25), [[BULB], [LAMP, ROPE, TENT], [BULB, TENT], [1, 2]]),
        (Together(min_common=2, min_lift=1.25), [[BULB], [LAMP], [], []]),
        (Together(min_common=1, min_lift=2), [[], [], [TENT], [ROPE]]),
        (Together(min_common=1, min_lift=1.25, most=1), [[BULB], [LAMP], [BULB], [BULB]]),
    ],
    ids=["all", "more in common", "more lift", "only the first"],
)
def test_common_baskets_and_lift_decide(settings: Together, expected: list[list[int]]) -> None:
    assert related(settings, BASKETS, 5)[:4] == expected


def test_a_product_twice_in_a_basket_counts_once() -> None:
    once, twice = [[0, 1], [2]], [[0, 1, 1, 0], [2]]
    settings = Together(min_common=2, min_lift=0)
    assert related(settings, once, 3) == related(settings, twice, 3) == [[], [], []]


@hypothesis_settings(max_examples=50)
@given(
    st.lists(st.sets(st.integers(0, 5), min_size=1), min_size=1, max_size=12),
    st.integers(1, 3),
    st.sampled_from([0.0, 1.0, 1.5]),
    st.integers(1, 3),
)
def test_it_is_what_counting_one_by_one_gives(
    baskets: list[set[int]], min_common: int, min_lift: float, most: int
) -> None:
    bought = Counter(product for basket in baskets for product in basket)
    common = Counter(pair for basket in baskets for pair in permutations(basket, 2))
    expected = []
    for product in range(6):
        found = [
            (-times, other)
            for (one, other), times in common.items()
            if one == product
            and times >= min_common
            and times * len(baskets) / (bought[one] * bought[other]) >= min_lift
        ]
        expected.append(sorted(other for _, other in sorted(found)[:most]))
    settings = Together(min_common, min_lift, most)
    assert related(settings, [list(basket) for basket in baskets], 6) == expected


def test_queries_are_titles_and_the_catalogue_is_what_they_are_related_to() -> None:
    products = [Product(str(at), f"Product {at}", {"category": f"c{at}"}) for at in range(3)]
    held = basket_matrix(np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 2]), 3)
    matrix = bought_together(held, Together(min_common=2, min_lift=1))
    dataset = related_products(products, matrix)
    assert dataset.texts == ("Product 0", "Product 1")
    assert dataset.categories == ("c0", "c1")
    assert [product.product_id for product in dataset.products] == ["0", "1"]
    assert dataset.relevance.toarray().tolist() == [[False, True], [True, False]]
    assert dataset.filtered is not None
    assert dataset.filtered.toarray().tolist() == [[True, False], [False, True]]
