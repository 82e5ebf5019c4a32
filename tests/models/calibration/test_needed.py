from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibration.binomial import p_value
from models.calibration.evidence import Evidence
from models.calibration.grid import Start
from models.calibration.needed import accepted_needed, labels_needed
from models.calibration.reach import reach_of
from models.calibration.record import CalibrationLabels
from models.calibration.target import Target

TARGET = Target(precision=0.95, confidence=0.90)
HUNDREDTHS = np.arange(1, 101) / 100


def needed(
    scores: npt.NDArray[np.float64], correct: npt.NDArray[np.bool_], expected: float
) -> int | None:
    evidence = Evidence.of(CalibrationLabels.drawn_from_all(scores, correct))
    reach = reach_of(evidence.valid_from, HUNDREDTHS)
    return labels_needed(evidence, HUNDREDTHS, TARGET, reach, Start(1.0, 0.1, expected))


def test_without_errors_the_zero_error_minimum_is_needed() -> None:
    assert accepted_needed(0, 30, TARGET) == 45
    assert accepted_needed(0, 0, TARGET) == 45
    assert accepted_needed(0.0, 30, TARGET, whole=2) == 45


def test_several_products_per_query_need_more() -> None:
    """Bentkus' inequality costs a factor of e."""
    one, two = accepted_needed(2, 100, TARGET), accepted_needed(2.0, 100, TARGET, whole=2)
    assert one is not None
    assert two is not None
    assert two > one


def test_at_the_allowed_error_rate_no_number_of_labels_helps() -> None:
    assert accepted_needed(5, 100, TARGET) is None
    assert accepted_needed(60, 100, TARGET) is None


def test_just_below_the_allowed_rate_more_than_a_million_would_be_needed() -> None:
    assert accepted_needed(49_999, 1_000_000, TARGET) is None


@given(st.integers(0, 48))
def test_the_needed_number_passes_at_the_same_error_rate(errors: int) -> None:
    count = accepted_needed(errors, 1000, TARGET)
    assert count is not None
    assert p_value(-(-count * errors // 1000), count, TARGET.precision) <= TARGET.risk


def test_no_label_at_all_needs_the_zero_error_minimum() -> None:
    assert needed(np.empty(0), np.empty(0, dtype=np.bool_), expected=180) == 45


def test_labels_given_are_not_needed_again() -> None:
    assert needed(HUNDREDTHS[-40:], np.ones(40, dtype=np.bool_), expected=45) == 5


def test_where_only_the_upper_half_is_precise_twice_the_labels_are_needed() -> None:
    """At everything 50 of 100 are wrong; at half, none of 50 is: 180 / 0.5 - 100."""
    assert needed(HUNDREDTHS, HUNDREDTHS > 0.5, expected=180) == 260


def test_where_precision_is_too_low_everywhere_labels_do_not_help() -> None:
    wrong_every_tenth = np.arange(1, 101) % 10 != 0
    assert needed(HUNDREDTHS, wrong_every_tenth, expected=180) is None


@pytest.mark.parametrize("labels", [5, 19])
def test_fewer_than_one_expected_error_says_nothing_about_precision(labels: int) -> None:
    few = needed(HUNDREDTHS[:labels], np.zeros(labels, dtype=np.bool_), expected=45)
    assert few == 45 - labels
