from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.monitoring.weights import FURTHEST_STEP, weight_steps, weights_of

PROBABILITIES = st.floats(1e-12, 1)


def test_the_rarest_answers_count_most_and_others_by_how_much_likelier_their_audit_was() -> None:
    assert weights_of(weight_steps(0.05, least=0.05)) == 1
    assert weights_of(weight_steps(0.10, least=0.05)) == 0.5
    assert weights_of(weight_steps(0.80, least=0.05)) == 0.0625


@given(PROBABILITIES, PROBABILITIES)
def test_weights_are_the_ratio_to_two_percent_but_never_below_a_64th(a: float, b: float) -> None:
    least, inclusion = sorted((a, b))
    weight = weights_of(weight_steps(inclusion, least))
    assert weight == pytest.approx(max(least / inclusion, 1 / 64), rel=0.022)
    assert 1 / 64 <= weight <= 1


def test_no_more_weights_are_distinct_than_a_bound_can_remember() -> None:
    steps = weight_steps(np.arange(1, 10_001) / 10_000, 1e-4)
    assert set(steps.tolist()) <= set(range(FURTHEST_STEP + 1))
    assert FURTHEST_STEP == 96
