from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from models.decider.rivals import lead
from models.encoder import FloatMatrix

NAN = float("nan")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3, 1, 2], [1, -2, -1]),
        ([2, 2, 1], [0, 0, -1]),
        ([1, NAN, 3], [-2, NAN, 2]),
        ([NAN, 5], [NAN, NAN]),
        ([5], [NAN]),
        ([NAN, NAN], [NAN, NAN]),
    ],
    ids=["three", "tie", "missing", "no other", "alone", "nothing"],
)
def test_the_lead_over_the_best_of_the_others(values: list[float], expected: list[float]) -> None:
    np.testing.assert_array_equal(
        lead(np.array([values], np.float32)), np.array([expected], np.float32)
    )


matrices = arrays(
    np.float32,
    array_shapes(min_dims=2, max_dims=2, max_side=5),
    elements=st.integers(-3, 3) | st.just(NAN),
)


@given(matrices)
def test_it_is_what_a_loop_finds(values: FloatMatrix) -> None:
    found = lead(values)
    for row, apart in zip(values, found, strict=True):
        for place, value in enumerate(row):
            others = [one for i, one in enumerate(row) if i != place and not np.isnan(one)]
            expected = value - max(others) if others else NAN
            np.testing.assert_array_equal(apart[place], np.float32(expected))
