from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from models.calibration.preview import preview
from models.calibration.record import CalibrationRecord
from models.calibration.settings import GroupSettings
from models.calibration.target import Target
from models.index.base import Neighbours
from models.thresholds import reaches
from tests.small_bundle import small_record
from tests.training.report.example import WHAT_IF, what_if
from training.evaluation.answered import Answered
from training.evaluation.what_if import (
    CONFIDENCES,
    TARGETS,
    WhatIf,
    at_confidence,
    review_hours,
)
from training.evaluation.what_if import what_if as ask

RECORD = small_record(2_000)


def answered(record: CalibrationRecord) -> Answered:
    """The labelled queries once more, as if they were test queries."""
    labels = record.labels
    found = Neighbours(labels.scores, np.zeros(labels.scores.shape, dtype=np.int64))
    return Answered(found, labels.correct, labels.answerable, labels.groups)


def one(record: CalibrationRecord, target: float, confidence: float = 0.9) -> WhatIf:
    rows = ask(record, answered(record), [target], [confidence])
    (row,) = (row for row in rows if row.confidence == confidence)
    return row


def test_each_target_is_tried_with_each_confidence_and_that_of_the_record() -> None:
    rows = ask(replace(RECORD, confidence=0.7), None, [0.8, 0.9], [0.9, 0.95])
    tried = [(row.confidence, row.target_precision) for row in rows]
    assert tried == [(c, t) for c in (0.7, 0.9, 0.95) for t in (0.8, 0.9)]
    assert 0.9 in CONFIDENCES


def test_a_row_is_the_promise_that_could_be_made_and_what_it_does() -> None:
    row, known = one(RECORD, 0.85), preview(RECORD, Target(0.85, 0.9))
    assert known.promise.threshold is not None
    assert row.threshold == known.promise.threshold
    assert (row.accepted, row.errors) == (known.promise.accepted, known.promise.errors)
    assert row.calibration_labels == 2_000
    assert row.automation_coverage == known.automation_coverage
    assert row.automation_coverage_interval == known.interval
    chosen = reaches(RECORD.labels.scores[:, 0], known.promise.threshold)
    assert row.precision == pytest.approx(RECORD.labels.correct[chosen, 0].mean())


def test_stricter_promises_automate_less() -> None:
    strict = [one(RECORD, target).automation_coverage for target in (0.82, 0.86, 0.9)]
    assert strict == sorted(strict, reverse=True)
    assert strict[0] > strict[-1]
    assert one(RECORD, 0.86, 0.99).automation_coverage < one(RECORD, 0.86, 0.8).automation_coverage


def test_what_cannot_be_promised_automates_nothing() -> None:
    row = one(small_record(30), 0.99)
    assert (row.threshold, row.automation_coverage, row.precision) == (None, 0, None)
    assert row.automation_coverage_interval == (0, 0)
    assert row.labels_needed


def test_without_test_queries_nothing_is_known_of_the_precision() -> None:
    rows = ask(RECORD, None, [0.85], [0.9])
    assert (rows[0].precision, rows[0].precision_interval) == (None, (0, 1))
    assert rows[0].is_promised


def test_groups_count_together() -> None:
    record = small_record(2_000, groups=GroupSettings())
    row, known = one(record, 0.8), preview(record, Target(0.8, 0.9))
    assert len(known.promise.groups) == 2
    assert row.threshold is None
    assert row.calibration_labels == 2_000
    assert row.accepted == known.promise.accepted * (known.promise.threshold is not None) + sum(
        part.accepted for part in known.promise.groups if part.threshold is not None
    )


def test_hours_are_those_of_what_is_not_automated() -> None:
    """Half of 7,200 queries at 10 seconds each."""
    assert review_hours(0.5, queries=7_200, seconds=10) == 10
    assert review_hours(1.0) == 0
    assert review_hours(0.0) == pytest.approx(10_000 * 20 / 3_600)


def test_rows_of_one_confidence_come_lowest_target_first() -> None:
    rows = at_confidence(tuple(reversed(WHAT_IF)), 0.9)
    assert [one.target_precision for one in rows] == [0.8, 0.85, 0.9]
    assert {one.confidence for one in rows} == {0.9}


def test_what_automates_nothing_is_no_promise() -> None:
    assert what_if(0.9, coverage=0.01).is_promised
    assert not what_if(0.9, coverage=0.0).is_promised


def test_targets_are_even_steps_that_a_slider_can_reach() -> None:
    assert TARGETS[0] == 0.7
    assert TARGETS[-1] == 0.995
    steps = {round(b - a, 9) for a, b in pairwise(TARGETS)}
    assert steps == {0.005}
    assert {0.8, 0.85, 0.9, 0.95, 0.98, 0.99} <= set(TARGETS)
