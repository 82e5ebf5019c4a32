from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from models.calibration.binomial import (
    p_value,
    p_values,
    share_interval,
    zero_error_minimum,
)

precisions = st.floats(0.5, 0.999)
confidences = st.floats(0.5, 0.999)
counts = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n)))


def by_hand(errors: int, accepted: int, alpha: float) -> float:
    return sum(
        comb(accepted, k) * alpha**k * (1 - alpha) ** (accepted - k) for k in range(errors + 1)
    )


@pytest.mark.parametrize(
    ("errors", "accepted", "precision", "expected"),
    [
        (0, 2, 0.5, 0.25),  # both of two right: 0.5 ** 2
        (1, 3, 0.5, 0.5),  # (1 + 3) / 8
        (0, 45, 0.95, 0.95**45),
        (1, 100, 0.95, 0.037),  # MAPIE's rounding makes this 0.084
        (38, 1000, 0.95, 0.043),  # and this 0.060
        (0, 0, 0.95, 1.0),  # nothing accepted proves nothing
    ],
)
def test_p_values_by_hand(errors: int, accepted: int, precision: float, expected: float) -> None:
    assert p_value(errors, accepted, precision) == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(("errors", "accepted"), [(0, 10), (3, 50), (7, 90)])
def test_the_p_value_is_the_binomial_sum(errors: int, accepted: int) -> None:
    assert p_value(errors, accepted, 0.9) == pytest.approx(by_hand(errors, accepted, 0.1))


@pytest.mark.parametrize(
    ("precision", "minima"),
    [(0.90, (22, 29, 44)), (0.95, (45, 59, 90)), (0.98, (114, 149, 228)), (0.99, (230, 299, 459))],
)
def test_zero_error_minima_of_method_5_1(precision: float, minima: tuple[int, ...]) -> None:
    found = tuple(zero_error_minimum(precision, confidence) for confidence in (0.90, 0.95, 0.99))
    assert found == minima


@pytest.mark.parametrize(
    ("precision", "allowed"),
    [
        (0.90, (4, 21, 84, 272, 950)),
        (0.95, (1, 8, 38, 130, 463)),
        (0.99, (None, 0, 4, 20, 83)),
    ],
)
def test_errors_allowed_of_method_5_1(precision: float, allowed: tuple[int | None, ...]) -> None:
    for accepted, errors in zip((100, 300, 1000, 3000, 10_000), allowed, strict=True):
        most = -1 if errors is None else errors
        assert most < 0 or p_value(most, accepted, precision) <= 0.05
        assert p_value(most + 1, accepted, precision) > 0.05


@given(counts, precisions)
def test_one_more_error_never_lowers_the_p_value(counts: tuple[int, int], precision: float) -> None:
    errors, accepted = counts
    assert p_value(errors, accepted, precision) <= p_value(errors + 1, accepted, precision)


@given(counts, precisions)
def test_one_more_right_answer_never_raises_the_p_value(
    counts: tuple[int, int], precision: float
) -> None:
    errors, accepted = counts
    more = p_value(errors, accepted + 1, precision)
    assert more <= p_value(errors, accepted, precision) * (1 + 1e-9)


@given(precisions, confidences)
def test_the_zero_error_minimum_is_the_first_that_passes(
    precision: float, confidence: float
) -> None:
    least = zero_error_minimum(precision, confidence)
    assert p_value(0, least, precision) <= (1 - confidence) * (1 + 1e-9)
    assert p_value(0, least - 1, precision) > (1 - confidence) * (1 - 1e-9)


@given(counts, confidences)
def test_the_upper_bound_is_the_error_rate_that_the_test_just_rejects(
    counts: tuple[int, int], confidence: float
) -> None:
    errors, accepted = counts
    # Clopper and Pearson's: BetaInv(confidence; errors + 1, accepted - errors).
    bound = float(special.betaincinv(errors + 1, accepted - errors, confidence))
    assert errors / accepted < bound <= 1
    assert p_value(errors, accepted, 1 - bound) == pytest.approx(1 - confidence, rel=1e-5)


def test_arrays_give_the_same_as_single_counts() -> None:
    errors, accepted = np.array([0, 1, 38]), np.array([45, 100, 1000])
    expected = [p_value(0, 45, 0.95), p_value(1, 100, 0.95), p_value(38, 1000, 0.95)]
    assert p_values(errors, accepted, 0.95).tolist() == expected


@given(counts, confidences)
def test_the_interval_is_that_of_scipy(counts: tuple[int, int], confidence: float) -> None:
    count, total = counts
    expected = stats.binomtest(count, total).proportion_ci(confidence, method="exact")
    assert share_interval(count, total, confidence) == pytest.approx(
        (expected.low, expected.high), abs=1e-9
    )


def test_the_interval_of_ten_out_of_ten_is_closed_form() -> None:
    """All right: the lower end solves p ** 10 = (1 - confidence) / 2."""
    assert share_interval(10, 10, 0.9) == pytest.approx((0.05**0.1, 1.0))
    assert share_interval(0, 10, 0.9) == pytest.approx((0.0, 1 - 0.05**0.1))
    assert share_interval(0, 0, 0.9) == (0.0, 1.0)
