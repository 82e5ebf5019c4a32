from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from models.drift.stability import SMOOTHING, noise, population_stability_index

COUNTS = st.lists(st.integers(0, 10_000), min_size=4, max_size=4)


def test_the_index_by_hand() -> None:
    # With 0.5 added to each: 60 and 40 of 100 beside 20 and 80 of 100, so 0.6, 0.4 and 0.2, 0.8.
    # (0.6 - 0.2) ln 3 + (0.4 - 0.8) ln 0.5 = 0.4 * (1.0986 + 0.6931) = 0.7167
    found = population_stability_index([59.5, 39.5], [19.5, 79.5])
    assert SMOOTHING == 0.5
    assert found == pytest.approx(0.4 * (math.log(3) + math.log(2)))


def test_an_empty_bin_counts_as_half_a_query() -> None:
    # 0.5 and 3.5 of 4 beside 2 and 2 of 4: (0.125 - 0.5) ln 0.25 + (0.875 - 0.5) ln 1.75
    found = population_stability_index([0, 3], [1.5, 1.5])
    assert found == pytest.approx(0.375 * (math.log(4) + math.log(1.75)))


@given(COUNTS, COUNTS)
def test_it_is_the_same_from_both_sides_and_never_negative(
    one: list[int], other: list[int]
) -> None:
    found = population_stability_index(one, other)
    assert found == pytest.approx(population_stability_index(other, one))
    assert found >= 0


@given(COUNTS)
def test_equal_counts_have_no_distance(counts: list[int]) -> None:
    assert population_stability_index(counts, counts) == 0


def test_smoothing_changes_little_where_there_are_queries() -> None:
    one, other = np.array([80, 120] * 5), np.array([100] * 10)
    p, q = one / one.sum(), other / other.sum()
    exact = float(np.sum((p - q) * np.log(p / q)))
    assert population_stability_index(one, other) == pytest.approx(exact, abs=0.001)


def test_the_noise_by_hand() -> None:
    found = noise(queries=100, reference_queries=300, bins=10)
    assert found is not None
    scale = 1 / 100 + 1 / 300
    assert found.expected == pytest.approx(9 * scale)  # 0.12: "changed", with nothing changed
    assert found.upper == pytest.approx(chi2.ppf(0.95, 9) * scale)


def test_there_is_no_noise_without_queries_and_none_in_a_single_bin() -> None:
    assert noise(queries=0, reference_queries=300, bins=10) is None
    single = noise(queries=10, reference_queries=300, bins=1)
    assert single is not None
    assert (single.expected, single.upper) == (0, 0)


@pytest.mark.parametrize("queries", [200, 2_000])
def test_samples_of_unchanged_traffic_are_as_noisy_as_stated(queries: int) -> None:
    random = np.random.default_rng(0)
    shares = np.full(10, 0.1)
    found = [
        population_stability_index(
            random.multinomial(queries, shares), random.multinomial(3_000, shares)
        )
        for _ in range(4_000)
    ]
    stated = noise(queries, 3_000, 10)
    assert stated is not None
    assert np.mean(found) == pytest.approx(stated.expected, rel=0.05)
    assert np.mean(np.array(found) > stated.upper) == pytest.approx(0.05, abs=0.015)
