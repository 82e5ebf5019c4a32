from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import ConfigurationError
from training.data.dataset import relevance_matrix
from training.evaluation.propensity import PropensitySettings, inverse_propensities

AMAZON = PropensitySettings()


def test_the_defaults_are_those_for_amazon_data() -> None:
    assert (AMAZON.a, AMAZON.b) == (0.6, 2.6)


def test_the_formula_by_hand() -> None:
    """A = B = 1 and 8 queries: C = 2 (ln 8 - 1) = 2.15888; products are named 7, 1 and 0 times."""
    train = relevance_matrix([(0,)] * 6 + [(0, 1), ()], 3)
    weights = inverse_propensities(train, PropensitySettings(a=1, b=1))
    assert weights == pytest.approx([1 + 2.15888 / 8, 1 + 2.15888 / 2, 1 + 2.15888], abs=1e-5)


@given(st.lists(st.sets(st.integers(0, 4)), max_size=30))
def test_a_propensity_is_a_probability_and_rises_with_the_frequency(
    answers: list[set[int]],
) -> None:
    train = relevance_matrix(answers, 5)
    weights = inverse_propensities(train, AMAZON)
    frequency = np.asarray(train.sum(axis=0))
    assert (weights >= 1).all()
    assert (np.diff(weights[np.argsort(frequency)]) <= 1e-12).all()


@pytest.mark.parametrize("name", ["a", "b"])
@pytest.mark.parametrize("value", [0, -1, float("nan")])
def test_constants_that_cannot_be_used_are_refused(name: str, value: float) -> None:
    with pytest.raises(ConfigurationError, match=f"propensity {name} must be above 0"):
        PropensitySettings(**{name: value})
