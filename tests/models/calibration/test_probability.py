from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sklearn.isotonic import IsotonicRegression

from models.calibration.probability import FEWEST_LABELS, ProbabilityMap, fit_probabilities
from models.errors import DataError
from tests.models.calibration import toy

ONE_STEP = ProbabilityMap((0.2, 0.6), (0.1, 0.9))


def test_between_knots_the_map_is_straight_and_beyond_them_level() -> None:
    scores = np.array([-np.inf, 0.0, 0.2, 0.3, 0.6, 1.0])
    assert ONE_STEP.of(scores).tolist() == pytest.approx([0.1, 0.1, 0.1, 0.3, 0.9, 0.9])


def test_a_block_of_labels_is_its_mean_score_and_its_share_of_right_ones() -> None:
    """Of the 30 lowest 10 are right, of the 60 highest 50; each in an order that is no trend."""
    scores = np.concatenate([np.linspace(0.1, 0.3, 30), np.linspace(0.5, 0.9, 60)])
    correct = np.concatenate([np.arange(30) % 3 == 0, np.arange(60) % 6 != 5])
    fitted = fit_probabilities(scores, correct)
    assert fitted is not None
    assert fitted.of(np.array([0.1]))[0] <= 1 / 3
    middle = fitted.of(np.array([0.4]))[0]
    assert 1 / 3 < middle < 5 / 6


def test_the_values_of_the_blocks_are_those_of_scikit_learn() -> None:
    """All but the first and last, none and all of which are right: those are cut."""
    scores, correct = toy.labelled(np.random.default_rng(0), 2000)
    fitted = fit_probabilities(scores, correct)
    theirs = IsotonicRegression().fit(scores, correct.astype(float)).predict(scores)
    assert fitted is not None
    assert fitted.probabilities[1:-1] == pytest.approx(np.unique(np.round(theirs, 9))[1:-1])


def test_the_map_is_near_the_truth() -> None:
    scores, correct = toy.labelled(np.random.default_rng(1), 8000)
    fitted = fit_probabilities(scores, correct)
    grid = np.linspace(0.1, 0.9, 81)
    assert fitted is not None
    assert np.abs(fitted.of(grid) - toy.chance(grid)).mean() < 0.03


def test_it_is_never_surer_than_its_labels_allow() -> None:
    scores = np.linspace(0, 1, 98)
    always, never = (fit_probabilities(scores, np.full(98, right)) for right in (True, False))
    assert always == ProbabilityMap((0.5,), (0.99,))
    assert never is not None
    assert never.probabilities == pytest.approx((0.01,))


def test_too_few_labels_give_no_map() -> None:
    few = FEWEST_LABELS - 1
    assert fit_probabilities(np.linspace(0, 1, few), np.ones(few, np.bool_)) is None
    assert fit_probabilities(np.linspace(0, 1, few + 1), np.ones(few + 1, np.bool_)) is not None


@given(st.integers(0, 10_000), st.integers(50, 300))
def test_any_fitted_map_rises_stays_in_range_and_survives_json(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    scores = np.round(random.random(count), 2)  # many are equal
    fitted = fit_probabilities(scores, random.random(count) < 0.5)
    assert fitted is not None
    chances = fitted.of(np.linspace(-1, 2, 100))
    assert np.all(np.diff(chances) >= 0)
    assert 0 <= chances[0] <= chances[-1] <= 1
    assert TypeAdapter(ProbabilityMap).validate_json(json.dumps(asdict(fitted))) == fitted


@pytest.mark.parametrize(
    ("scores", "probabilities"),
    [
        ((), ()),
        ((0.1, 0.2), (0.5,)),
        ((0.2, 0.1), (0.5, 0.6)),
        ((0.1, 0.1), (0.5, 0.6)),
        ((0.1, float("nan")), (0.5, 0.6)),
        ((0.1, 0.2), (0.6, 0.5)),
        ((0.1, 0.2), (0.5, 1.1)),
        ((0.1, 0.2), (float("nan"), 0.5)),
    ],
)
def test_what_is_no_rising_map_is_refused(scores: Any, probabilities: Any) -> None:
    with pytest.raises(DataError, match="probabilities"):
        ProbabilityMap(scores, probabilities)
