from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibration.scores import Flags
from models.errors import DataError
from training.evaluation.coverage import (
    PrecisionCoverage,
    Realised,
    area_under,
    highest_possible_coverage,
    oracle_coverage,
    precision_coverage,
    realised,
)

# Sorted: 0.9 right | 0.8 right, wrong | 0.7 right | 0.1 wrong
SCORES = np.array([0.7, 0.8, 0.1, 0.9, 0.8], dtype=np.float32)
CORRECT = np.array([True, False, False, True, True])
ALL = np.ones(5, dtype=np.bool_)

decisions = st.lists(st.tuples(st.integers(0, 10), st.booleans()), min_size=1, max_size=60).map(
    lambda pairs: (
        np.array([score / 10 for score, _ in pairs], dtype=np.float32),
        np.array([right for _, right in pairs]),
    )
)
Decisions = tuple[np.ndarray, np.ndarray]


@pytest.fixture
def curve() -> PrecisionCoverage:
    return precision_coverage(SCORES, CORRECT)


def test_equal_scores_are_accepted_in_one_step(curve: PrecisionCoverage) -> None:
    assert curve.thresholds == pytest.approx([0.9, 0.8, 0.7, 0.1])
    assert curve.coverage == pytest.approx([1 / 5, 3 / 5, 4 / 5, 1])
    assert curve.precision == pytest.approx([1, 2 / 3, 3 / 4, 3 / 5])


def test_the_oracle_takes_the_widest_step_even_if_precision_dips_before(
    curve: PrecisionCoverage,
) -> None:
    assert oracle_coverage(curve, 0.75) == pytest.approx(4 / 5)
    assert oracle_coverage(curve, 0.76) == pytest.approx(1 / 5)
    assert oracle_coverage(curve, 0.60) == pytest.approx(1)


def test_a_target_that_is_never_met_automates_nothing() -> None:
    curve = precision_coverage(SCORES, np.zeros(5, dtype=np.bool_))
    assert oracle_coverage(curve, 0.5) == 0


def test_the_area_weighs_each_step_by_its_width(curve: PrecisionCoverage) -> None:
    """Steps of 1, 2, 1 and 1 queries at precisions 1, 2/3, 3/4 and 3/5."""
    assert area_under(curve) == pytest.approx((1 + 2 * 2 / 3 + 3 / 4 + 3 / 5) / 5)


def test_no_query_has_no_curve() -> None:
    with pytest.raises(DataError, match="at least one query"):
        precision_coverage(np.empty(0), np.empty(0, dtype=np.bool_))


@pytest.mark.parametrize(
    ("target", "limit"), [(0.90, 0.5), (0.95, 0.474), (0.99, 0.455), (0.4, 1.0)]
)
def test_the_highest_possible_coverage_of_method_1_5(target: float, limit: float) -> None:
    assert highest_possible_coverage(0.45, target) == pytest.approx(limit, abs=5e-4)


def at(threshold: float, answerable: Flags = ALL) -> Realised:
    return realised((threshold <= SCORES)[:, None], CORRECT[:, None], answerable)


def test_several_products_of_a_query_share_its_error() -> None:
    """One of two is wrong, none of one, and a lower one that is not accepted does not count."""
    accepted = np.array([[True, True], [True, False], [False, False]])
    correct = np.array([[True, False], [True, False], [False, False]])
    done = realised(accepted, correct, np.array([True, True, False]))
    assert (done.accepted, done.errors, done.unanswerable) == (2, 0.5, 0)
    assert done.precision == pytest.approx(0.75)
    low, high = done.precision_interval
    assert (low, high) == pytest.approx((1 - 0.975**0.5, 1.0))  # of one of two, and of two of two


def test_no_queries_at_all_automate_nothing() -> None:
    none = np.zeros((0, 1), dtype=np.bool_)
    done = realised(none, none, none[:, 0])
    assert (done.accepted, done.automation_coverage, done.precision) == (0, 0.0, None)
    assert done.automation_coverage_interval == (0, 1)


def test_a_threshold_accepts_scores_that_reach_it() -> None:
    done = at(0.8)
    assert (done.accepted, done.errors, done.unanswerable) == (3, 1, 0)
    assert done.automation_coverage == pytest.approx(3 / 5)
    assert done.precision == pytest.approx(2 / 3)


def test_accepting_a_query_without_an_answer_is_an_error() -> None:
    answerable = np.array([True, False, True, True, True])
    done = at(0.8, answerable)
    assert (done.errors, done.unanswerable) == (1, 1)


def test_intervals_are_those_of_clopper_and_pearson() -> None:
    """One of one is right: the lower end p solves p = 0.025; one of five: (1 - p) ** 5 = 0.975."""
    done = at(0.9)
    assert done.precision_interval == pytest.approx((0.025, 1.0))
    low, _ = done.automation_coverage_interval
    assert low == pytest.approx(1 - 0.975**0.2)


def test_accepting_nothing_has_no_precision() -> None:
    done = at(0.95)
    assert (done.accepted, done.automation_coverage, done.precision) == (0, 0, None)
    assert done.precision_interval == (0, 1)


@given(decisions)
def test_the_curve_rises_to_everything_and_ends_in_the_accuracy(decisions: Decisions) -> None:
    scores, correct = decisions
    curve = precision_coverage(scores, correct)
    assert (np.diff(curve.thresholds) < 0).all()
    assert (np.diff(curve.coverage) > 0).all()
    assert curve.coverage[-1] == 1
    assert curve.precision[-1] == pytest.approx(correct.mean())


@given(decisions)
def test_every_point_of_the_curve_is_what_its_threshold_does(decisions: Decisions) -> None:
    scores, correct = decisions
    curve = precision_coverage(scores, correct)
    for at, threshold in enumerate(curve.thresholds):
        done = realised(
            (scores >= threshold)[:, None], correct[:, None], np.ones(len(scores), dtype=np.bool_)
        )
        assert done.automation_coverage == pytest.approx(curve.coverage[at])
        assert done.precision == pytest.approx(curve.precision[at])


@given(decisions, st.floats(0.05, 1), st.floats(0.05, 1))
def test_a_higher_target_never_automates_more_and_never_beats_the_limit(
    decisions: Decisions, one: float, other: float
) -> None:
    scores, correct = decisions
    curve = precision_coverage(scores, correct)
    low, high = sorted((one, other))
    assert oracle_coverage(curve, high) <= oracle_coverage(curve, low)
    limit = highest_possible_coverage(float(correct.mean()), high)
    assert oracle_coverage(curve, high) <= limit + 1e-9


@given(decisions)
def test_the_order_of_the_queries_does_not_matter(decisions: Decisions) -> None:
    scores, correct = decisions
    order = np.random.default_rng(0).permutation(len(scores))
    curve, again = (
        precision_coverage(scores, correct),
        precision_coverage(scores[order], correct[order]),
    )
    assert np.array_equal(curve.precision, again.precision)


@given(decisions)
def test_the_area_is_a_share_and_the_accuracy_where_scores_say_nothing(
    decisions: Decisions,
) -> None:
    scores, correct = decisions
    assert 0 <= area_under(precision_coverage(scores, correct)) <= 1 + 1e-9
    indifferent = precision_coverage(np.zeros_like(scores), correct)
    assert area_under(indifferent) == pytest.approx(correct.mean())
