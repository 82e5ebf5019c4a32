from __future__ import annotations

import numpy as np
import pytest

from models.calibration.no_match import certify_no_match
from models.calibration.record import CalibrationLabels, Unlabelled
from models.calibration.settings import CalibrationMethodSettings
from models.calibration.target import Target
from models.errors import ConfigurationError, DataError
from models.thresholds import Promise, unmatched
from tests.models.calibration.certifying import NOW, THOUSANDTHS

BEST = THOUSANDTHS[:, np.newaxis].astype(np.float32)


def promise(
    answerable: np.ndarray,
    *,
    precision: float = 0.9,
    confidence: float = 0.9,
    below: float | None = None,
    settings: CalibrationMethodSettings | None = None,
) -> Promise:
    """Certify 1,000 labels with scores 0.001 to 1.000 that can be answered where it says so."""
    correct = answerable & (THOUSANDTHS > 0.5)
    return certify_no_match(
        CalibrationLabels.drawn_from_all(THOUSANDTHS, correct, answerable),
        Unlabelled.of(THOUSANDTHS),
        Target(precision, confidence),
        settings or CalibrationMethodSettings(),
        NOW,
        below=below,
    )


def test_the_highest_score_at_which_no_product_is_right_is_promised() -> None:
    """Nothing below 0.3 can be answered: at 0.3 / 0.9 the precision would be 0.9 exactly."""
    made = promise(THOUSANDTHS > 0.3)
    assert made.threshold is not None
    assert 0.3 <= made.threshold < 0.333
    assert made.accepted == round(made.threshold * 1000)
    assert made.errors == made.accepted - 300
    said = unmatched(BEST, made)
    assert said.sum() == made.accepted


def test_it_is_certified_by_the_method_of_the_settings() -> None:
    made = promise(THOUSANDTHS > 0.3, settings=CalibrationMethodSettings(method="holm"))
    assert made.method == "holm"
    assert made.threshold == 0.3  # the grid has steps of a twentieth


def test_where_everything_can_be_answered_nothing_is_promised() -> None:
    made = promise(np.ones(1000, np.bool_))
    assert made.threshold is None
    assert made.labels_needed is None
    assert not unmatched(BEST, made).any()


def test_it_stays_under_the_score_from_which_products_are_accepted() -> None:
    alone, under = promise(THOUSANDTHS > 0.3), promise(THOUSANDTHS > 0.3, below=0.25)
    assert under.threshold is not None
    assert 0.23 < under.threshold < 0.25
    assert under.accepted < alone.accepted
    assert promise(THOUSANDTHS > 0.3, below=0.001).threshold is None


def test_the_target_and_confidence_decide_how_far_it_goes() -> None:
    loose = promise(THOUSANDTHS > 0.3)
    strict = promise(THOUSANDTHS > 0.3, precision=0.98)
    sure = promise(THOUSANDTHS > 0.3, confidence=0.999)
    assert (strict.threshold or 0) < (loose.threshold or 0)
    assert (sure.threshold or 0) < (loose.threshold or 0)


def test_audits_of_accepted_answers_say_nothing_about_it() -> None:
    labels = CalibrationLabels(
        scores=np.full((5, 1), 0.9, np.float32),
        correct=np.zeros((5, 1), np.bool_),
        answerable=np.zeros(5, np.bool_),
        groups=(None,) * 5,
        valid_from=np.full(5, 0.5, np.float32),
    )
    with pytest.raises(DataError, match="no calibration label was drawn from all traffic"):
        certify_no_match(
            labels,
            Unlabelled.of(THOUSANDTHS),
            Target(0.9, 0.9),
            CalibrationMethodSettings(),
            NOW,
        )


def test_certainty_cannot_be_promised() -> None:
    with pytest.raises(ConfigurationError, match="confidence must be between 0 and 1"):
        promise(THOUSANDTHS > 0.3, confidence=1.0)
