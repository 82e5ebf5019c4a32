from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import DataError
from training.evaluation.reliability import BINS, reliability


def test_bins_and_their_error_by_hand() -> None:
    """0.9 with 3 of 4 right is off by 0.15, 0.25 with 1 of 2 right by 0.25: (0.6 + 0.5) / 6."""
    found = reliability(
        np.array([0.9] * 4 + [0.25] * 2, np.float32),
        np.array([True, True, True, False, True, False]),
    )
    low, high = found.bins[2], found.bins[9]
    assert (low.queries, low.right) == (2, 0.5)
    assert (high.queries, high.right) == (4, 0.75)
    assert (low.probability, high.probability) == pytest.approx((0.25, 0.9))
    assert (high.lowest, high.highest) == (0.9, 1.0)
    assert found.expected_calibration_error == pytest.approx(1.1 / 6)
    assert found.bins[0].right is None
    assert found.bins[0].interval == (0, 1)


def test_the_interval_is_exact() -> None:
    """Clopper-Pearson: 10 of 10 right reach down to 0.025 ** (1 / 10)."""
    (last,) = reliability(np.full(10, 0.95, np.float32), np.full(10, True)).bins[-1:]
    assert last.interval == pytest.approx((0.025**0.1, 1))


def test_both_ends_have_a_bin_and_what_was_not_answered_none() -> None:
    found = reliability(np.array([0, 1, -np.inf], np.float32), np.array([False, True, False]))
    assert (found.bins[0].queries, found.bins[-1].queries) == (1, 1)
    assert found.expected_calibration_error == 0


def test_nothing_answered_is_refused() -> None:
    with pytest.raises(DataError, match="at least one answered query"):
        reliability(np.array([-np.inf], np.float32), np.array([False]))


ANSWERS = st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans()), min_size=1, max_size=30)


@given(answers=ANSWERS)
def test_every_query_is_in_the_bin_of_its_probability(answers: list[tuple[float, bool]]) -> None:
    probabilities, right = (np.array(column) for column in zip(*answers, strict=True))
    found = reliability(probabilities.astype(np.float32), right.astype(np.bool_))
    assert len(found.bins) == BINS
    assert sum(one.queries for one in found.bins) == len(answers)
    for one in found.bins:
        if one.probability is not None and one.right is not None:
            assert one.lowest - 1e-6 <= one.probability <= one.highest + 1e-6
            assert one.interval[0] <= one.right <= one.interval[1]
    assert 0 <= found.expected_calibration_error <= 1
