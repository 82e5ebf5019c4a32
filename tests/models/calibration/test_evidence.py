from __future__ import annotations

import numpy as np
import pytest

from models.calibration.evidence import Evidence
from models.calibration.record import CalibrationLabels
from models.calibration.target import Target

TARGET = Target(precision=0.5, confidence=0.9)
ALL = -np.inf


def evidence(
    scores: list[float] | list[list[float]], correct: list[bool] | list[list[bool]]
) -> Evidence:
    right = np.array(correct, dtype=np.bool_)
    return Evidence.of(CalibrationLabels.drawn_from_all(np.array(scores), right))


def test_a_trial_counts_who_reaches_the_threshold_and_is_wrong() -> None:
    trial = evidence([0.9, 0.8, 0.8, 0.1], [True, True, False, False]).trial(0.8, TARGET)
    assert (trial.accepted, trial.errors) == (3, 1)
    assert isinstance(trial.errors, int)
    assert trial.p_value == pytest.approx(0.5)  # (1 + 3) / 2 ** 3


def test_float32_scores_reach_the_decimal_threshold_they_came_from() -> None:
    one = evidence([0.812346], [True])
    assert one.trial(0.812346, TARGET).accepted == 1
    assert one.trial(0.812347, TARGET).accepted == 0


def test_several_thresholds_are_tried_as_each_alone() -> None:
    random = np.random.default_rng(0)
    scores = np.round(-np.sort(-random.random((200, 3)), axis=1), 2)
    given = evidence(scores.tolist(), (random.random((200, 3)) < scores).tolist())
    thresholds = [0.95, 0.5, 0.2, 0.0]
    assert given.trials(thresholds, TARGET) == [given.trial(one, TARGET) for one in thresholds]


def test_with_several_products_a_query_loses_the_share_of_wrong_ones_it_was_given() -> None:
    """At 0.5 the first query is given two products, of which one is wrong, the second three, of
    which two are, the third none: 1 / 2 + 2 / 3 of two queries."""
    given = evidence(
        [[0.9, 0.6, 0.1], [0.8, 0.7, 0.5], [0.4, 0.3, 0.2]],
        [[True, False, True], [False, True, False], [True, True, True]],
    )
    trial = given.trial(0.5, TARGET)
    assert trial.accepted == 2
    assert trial.errors == pytest.approx(1 / 2 + 2 / 3)
    assert given.trial(0.85, TARGET).errors == 0
    assert given.trial(0.75, TARGET).errors == 1


def test_products_that_were_not_found_are_never_accepted() -> None:
    given = evidence([[0.9, -np.inf], [0.8, -np.inf]], [[True, False], [False, False]])
    trial = given.trial(0.1, TARGET)
    assert (trial.accepted, trial.errors) == (2, 1.0)


def test_an_audit_takes_part_in_tests_of_thresholds_that_it_was_drawn_under_alone() -> None:
    labels = CalibrationLabels(
        scores=np.array([[0.9], [0.9], [0.95]], dtype=np.float32),
        correct=np.array([[True], [False], [False]]),
        answerable=np.array([True, True, True]),
        groups=(None, None, None),
        valid_from=np.array([ALL, 0.8, 0.8], dtype=np.float32),
    )
    trials = Evidence.of(labels).trials([0.92, 0.8, 0.799999], TARGET)
    assert [(one.accepted, one.errors) for one in trials] == [(1, 1), (3, 2), (1, 0)]


def test_no_match_is_right_where_nothing_can_be_answered_and_says_nothing_of_audits() -> None:
    labels = CalibrationLabels(
        scores=np.array([[0.1, 0.0], [0.3, 0.2], [0.9, 0.1], [0.05, 0.0]], dtype=np.float32),
        correct=np.zeros((4, 2), np.bool_),
        answerable=np.array([False, True, False, False]),
        groups=(None,) * 4,
        valid_from=np.array([ALL, ALL, ALL, 0.0], dtype=np.float32),
    )
    given = Evidence.of_no_match(labels)
    assert len(given) == 3
    trials = given.trials([-0.1, -0.3], TARGET)
    assert [(one.accepted, one.errors) for one in trials] == [(1, 0), (2, 1)]


def test_no_label_accepts_nothing() -> None:
    trial = evidence([], []).trial(0.5, TARGET)
    assert (trial.accepted, trial.errors, trial.p_value) == (0, 0, 1.0)
