from __future__ import annotations

import numpy as np
import pytest

from models.calibration.streams import AuditLabel, CalibrationLabel, ReviewLabel, labels_of
from models.errors import DataError, WrongStream

DRAWN = CalibrationLabel((0.3,), (False,), answerable=False, group="phones")
AUDITED = AuditLabel((0.9,), (True,), answerable=True, group=None, served_threshold=0.8)
SELECTED = ReviewLabel((0.2,), (True,), answerable=True, group=None)


def test_random_labels_become_calibration_labels() -> None:
    made = labels_of([DRAWN, AUDITED])
    assert made.scores.tolist() == [[np.float32(0.3)], [np.float32(0.9)]]
    assert made.correct.tolist() == [[False], [True]]
    assert made.answerable.tolist() == [False, True]
    assert made.groups == ("phones", None)


def test_an_audit_says_nothing_below_the_threshold_that_was_served() -> None:
    assert labels_of([DRAWN, AUDITED]).valid_from.tolist() == [-np.inf, np.float32(0.8)]


def test_a_query_of_which_it_is_not_known_counts_as_answerable() -> None:
    unknown = CalibrationLabel((0.3,), (False,), answerable=None, group=None)
    assert labels_of([unknown]).answerable.tolist() == [True]


def test_labels_that_were_selected_by_score_are_refused_by_type_and_when_it_runs() -> None:
    """mypy refuses this call: it would say so here if the ignored error went away."""
    with pytest.raises(WrongStream, match=r"1 of 2 labels were not drawn at random \(ReviewLabel"):
        labels_of([DRAWN, SELECTED])  # type: ignore[list-item]
    assert WrongStream.code == "wrong_label_stream"


def test_no_label_at_all_is_refused() -> None:
    with pytest.raises(DataError, match="no calibration labels; label a random part"):
        labels_of([])


def test_labels_of_different_numbers_of_products_are_refused() -> None:
    two = CalibrationLabel((0.3, 0.2), (False, False), answerable=False, group=None)
    with pytest.raises(DataError, match=r"not of \[1, 2\]"):
        labels_of([DRAWN, two])
