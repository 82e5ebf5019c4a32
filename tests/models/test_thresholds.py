from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.thresholds import Grouping, Promise, accepted, reaches, reaching, unmatched

SCORES = np.array([[0.9, 0.85, 0.1], [0.812346, 0.8, 0.8], [0.812345, 0.3, 0.2]], dtype=np.float32)


@pytest.fixture
def promise() -> Promise:
    return Promise(
        target_precision=0.9,
        confidence=0.9,
        threshold=0.812346,
        calibration_labels=1000,
        accepted=100,
        errors=3,
        p_value=0.01,
        labels_needed=None,
        calibrated_at="2026-11-23T00:00:00Z",
    )


def test_only_the_calibrated_rank_can_be_accepted(promise: Promise) -> None:
    assert accepted(SCORES, promise)[:, 0].tolist() == [True, True, False]
    assert not accepted(SCORES, promise)[:, 1:].any()


def test_more_ranks_are_accepted_where_more_were_calibrated(promise: Promise) -> None:
    two = accepted(SCORES, replace(promise, products_per_query=2))
    assert two.tolist() == [[True, True, False], [True, False, False], [False, False, False]]


def test_without_a_threshold_nothing_is_accepted(promise: Promise) -> None:
    assert not accepted(SCORES, replace(promise, threshold=None)).any()


def test_asking_changes_no_score(promise: Promise) -> None:
    before = SCORES.copy()
    accepted(SCORES, promise)
    assert np.array_equal(SCORES, before)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_score_reaches_the_threshold_it_became_in_json(kind: type[np.floating]) -> None:
    threshold = json.loads(json.dumps(0.812346))
    scores = np.array([0.812345, 0.812346, 0.812347], dtype=kind)
    assert reaches(scores, threshold).tolist() == [False, True, True]


def test_a_missing_candidate_reaches_nothing() -> None:
    assert reaches(np.array([-np.inf], dtype=np.float32), -1.0).tolist() == [False]


def test_a_group_is_held_to_its_own_threshold(promise: Promise) -> None:
    strict = replace(promise, group="phones", threshold=0.95)
    never = replace(promise, group="cables", threshold=None)
    by_group = replace(promise, grouping=Grouping("category"), groups=(strict, never))
    scores = np.full((4, 1), 0.9, dtype=np.float32)
    found = accepted(scores, by_group, ["phones", "cables", "lamps", None])
    assert found[:, 0].tolist() == [False, False, True, True]
    assert by_group.for_group("phones") is strict
    assert by_group.for_group("lamps") is by_group


def test_thresholds_can_be_replaced_by_group(promise: Promise) -> None:
    own = replace(promise, group="phones", threshold=0.85)
    by_group = replace(promise, grouping=Grouping("category"), groups=(own,))
    changed = by_group.with_thresholds({None: 0.9, "phones": None})
    assert (changed.threshold, changed.for_group("phones").threshold) == (0.9, None)
    only_group = by_group.with_thresholds({"phones": 0.97})
    assert (only_group.threshold, only_group.for_group("phones").threshold) == (0.812346, 0.97)


def test_no_match_is_said_at_or_below_its_threshold(promise: Promise) -> None:
    scores = np.array([[0.2, 0.1], [0.2000009, 0.1], [0.21, 0.1]], dtype=np.float32)
    assert unmatched(scores, replace(promise, threshold=0.2)).tolist() == [True, False, False]


def test_no_match_is_never_said_without_a_promise(promise: Promise) -> None:
    scores = np.array([[0.0]], dtype=np.float32)
    assert unmatched(scores, None).tolist() == [False]
    assert unmatched(scores, replace(promise, threshold=None)).tolist() == [False]


@given(st.lists(st.floats(-1, 1, width=32), max_size=30), st.lists(st.floats(-1, 1), max_size=10))
def test_counts_of_falling_scores_are_those_of_each_comparison(
    scores: list[float], thresholds: list[float]
) -> None:
    falling = -np.sort(-np.array([*scores, -np.inf], dtype=np.float32))
    counts = reaching(falling, thresholds)
    assert counts.tolist() == [int(reaches(falling, one).sum()) for one in thresholds]
