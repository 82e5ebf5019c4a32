from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.calibration.probability import ProbabilityMap
from models.index.base import Neighbours
from tests.training.evaluation.example import FOUND, promise
from training.evaluation.calibrated_answers import calibrated_answers

# Best scores 0.9, 0.8, 0.7, 0.8; the first two are right, the last has no answer.
CORRECT = np.array([True, True, False, False])
ANSWERABLE = np.array([True, True, True, False])
HALF = ProbabilityMap((0.5,), (0.5,))


def test_the_map_is_judged_by_what_it_says_of_the_best_products() -> None:
    """All say 0.5, and half of them are right."""
    found = calibrated_answers(HALF, None, FOUND, CORRECT, ANSWERABLE).reliability
    assert found
    assert found.expected_calibration_error == 0
    surer = replace(HALF, probabilities=(0.75,))
    worse = calibrated_answers(surer, None, FOUND, CORRECT, ANSWERABLE).reliability
    assert worse
    assert worse.expected_calibration_error == pytest.approx(0.25)


def test_a_query_without_any_product_has_no_probability() -> None:
    scores = np.array([[0.9], [-np.inf]], dtype=np.float32)
    found = Neighbours(scores, np.array([[0], [-1]]))
    known = calibrated_answers(HALF, None, found, np.array([True, False]), np.array([True, True]))
    assert known.reliability
    assert sum(one.queries for one in known.reliability.bins) == 1
    nothing = Neighbours(scores[1:], np.array([[-1]]))
    none = np.array([False])
    assert calibrated_answers(HALF, None, nothing, none, none).reliability is None


def test_without_a_map_there_is_nothing_to_judge() -> None:
    found = calibrated_answers(None, None, FOUND, CORRECT, ANSWERABLE)
    assert (found.reliability, found.no_match) == (None, None)


def test_no_match_is_right_where_the_catalogue_has_no_right_product() -> None:
    """At 0.8 and below are three queries, of which one has no answer."""
    low = calibrated_answers(None, promise(0.8, target=0.95), FOUND, CORRECT, ANSWERABLE).no_match
    assert low
    assert (low.queries, low.said, low.right) == (4, 3, 1)
    assert low.precision == pytest.approx(1 / 3)
    assert low.precision_interval[0] < 1 / 3 < low.precision_interval[1]


def test_no_match_that_was_not_certified_is_never_said() -> None:
    refused = calibrated_answers(None, promise(None), FOUND, CORRECT, ANSWERABLE).no_match
    assert refused
    assert (refused.said, refused.precision) == (0, None)
