from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.calibration.record import CalibrationLabels, CalibrationRecord, Unlabelled
from models.calibration.settings import CalibrationMethodSettings
from models.errors import ConfigurationError, DataError


def labels(**changed: Any) -> CalibrationLabels:
    """Two products for each of three queries."""
    fields: dict[str, Any] = {
        "scores": np.array([[0.9, 0.5], [0.8, -np.inf], [0.3, 0.2]], dtype=np.float32),
        "correct": np.array([[True, False], [True, False], [False, False]]),
        "answerable": np.array([True, True, False]),
        "groups": ("phones", None, "phones"),
        "valid_from": np.array([-np.inf, 0.75, -np.inf], dtype=np.float32),
    }
    return CalibrationLabels(**{**fields, **changed})


def test_labels_know_how_many_products_they_are_of() -> None:
    assert (len(labels()), labels().products_per_query) == (3, 2)


def test_a_subset_keeps_what_belongs_together() -> None:
    kept = labels().subset(np.array([False, True, True]))
    assert kept.scores[:, 0].tolist() == pytest.approx([0.8, 0.3])
    assert kept.groups == (None, "phones")
    assert kept.valid_from.tolist() == [0.75, -np.inf]


def test_labels_drawn_from_all_traffic_are_valid_for_every_threshold() -> None:
    made = CalibrationLabels.drawn_from_all(np.array([0.9, 0.1]), np.array([True, False]))
    assert made.products_per_query == 1
    assert made.valid_from.tolist() == [-np.inf, -np.inf]
    assert made.answerable.tolist() == [True, False]
    assert made.groups == (None, None)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"scores": np.zeros((3, 1), np.float32)}, "one score and one verdict per product"),
        ({"groups": ("phones",)}, r"3 calibration queries need as many .* groups \(1\)"),
        ({"answerable": np.array([True])}, r"being answerable \(1\)"),
        ({"answerable": np.array([True, False, False])}, "must be answerable"),
        ({"valid_from": np.full(3, np.nan, np.float32)}, "valid from is not a number"),
        ({"scores": np.array([[0.1, 0.5]] * 3, np.float32)}, "best first"),
        ({"scores": np.array([[np.nan, 0.5]] * 3, np.float32)}, "3 of 3 calibration scores"),
        ({"scores": np.array([[-np.inf, -np.inf]] * 3, np.float32)}, "are not finite"),
        ({"scores": np.array([[0.5, np.nan]] * 3, np.float32)}, "3 scores of lower-ranked"),
    ],
)
def test_labels_that_do_not_fit_are_refused(changed: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        labels(**changed)


def test_more_products_than_are_ever_looked_at_are_refused() -> None:
    with pytest.raises(DataError, match="of 1 to 10 products per query, not 11"):
        CalibrationLabels.drawn_from_all(np.zeros((2, 11)), np.zeros((2, 11), np.bool_))


def test_unlabelled_queries_need_a_number_and_a_group_each() -> None:
    with pytest.raises(DataError, match="1 of 2 unlabelled scores are not finite"):
        Unlabelled.of(np.array([0.5, np.nan]))
    with pytest.raises(DataError, match="one score and group each"):
        Unlabelled.of(np.array([0.5, 0.4]), ["phones"])


@pytest.mark.parametrize("confidence", [0.0, 1.0, 90.0, float("nan")])
def test_a_record_of_certainty_is_refused(confidence: float) -> None:
    with pytest.raises(ConfigurationError, match="confidence must be between 0 and 1"):
        CalibrationRecord(
            labels(), Unlabelled.of(np.zeros(2)), CalibrationMethodSettings(), confidence, None
        )
