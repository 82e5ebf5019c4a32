from __future__ import annotations

import numpy as np
import pytest

from models.calibration.fixed_sequence import certify
from models.calibration.grid import GridSettings
from models.errors import ConfigurationError, DataError
from models.thresholds import Promise

THOUSANDTHS = np.arange(1, 1001) / 1000


def promise(
    correct: np.ndarray,
    *,
    precision: float = 0.9,
    confidence: float = 0.9,
    settings: GridSettings | None = None,
) -> Promise:
    """Certify 1,000 labels with scores 0.001 to 1.000, right where `correct` says so."""
    return certify(
        THOUSANDTHS,
        correct,
        THOUSANDTHS,
        target_precision=precision,
        confidence=confidence,
        calibrated_at="2026-11-23T00:00:00Z",
        settings=settings,
    )


def test_faultless_labels_promise_everything() -> None:
    made = promise(np.ones(1000, dtype=np.bool_))
    assert made.threshold == 0.001
    assert (made.accepted, made.errors, made.calibration_labels) == (1000, 0, 1000)
    assert made.p_value == pytest.approx(2 * 0.9**1000)  # two walks share the risk
    assert made.labels_needed is None
    assert made.calibrated_at == "2026-11-23T00:00:00Z"
    assert made.products_per_query == 1


def test_the_walk_ends_at_the_last_threshold_that_passes() -> None:
    """All above 0.5 are right, all below wrong: 500 / 0.9 would have precision 0.9 exactly."""
    made = promise(THOUSANDTHS > 0.5)
    assert made.threshold is not None
    assert made.accepted == 1000 - round(made.threshold * 1000) + 1
    assert made.errors == made.accepted - 500
    assert 500 < made.accepted < 555
    assert made.p_value is not None
    assert made.p_value <= 0.1


def test_the_walk_stops_at_the_first_failure_even_if_later_thresholds_would_pass() -> None:
    correct = np.ones(1000, dtype=np.bool_)
    correct[700:880] = False  # the 120 best are right, the next 180 wrong, the rest right
    correct[:700] = True
    made = promise(correct, precision=0.7, settings=GridSettings(start_multiples=(10,)))
    assert made.threshold is not None
    assert made.accepted < 200


def test_a_failing_start_is_cannot_promise_with_the_evidence() -> None:
    made = promise(np.zeros(1000, dtype=np.bool_))
    assert made.threshold is None
    assert (made.accepted, made.errors) == (88, 88)  # 4 x the zero-error minimum of 22
    assert made.p_value == pytest.approx(1)
    assert made.labels_needed is None


def test_too_few_labels_say_how_many_more() -> None:
    made = certify(
        THOUSANDTHS[-20:],
        np.ones(20, dtype=np.bool_),
        THOUSANDTHS,
        target_precision=0.9,
        confidence=0.9,
        calibrated_at="",
    )
    assert made.threshold is None
    assert made.labels_needed == 88 - 20


def test_the_labels_needed_make_the_promise_when_they_are_like_the_first() -> None:
    random = np.random.default_rng(7)
    scores, correct = THOUSANDTHS[random.permutation(1000)[:200]], np.ones(200, dtype=np.bool_)
    correct = (scores > 0.6) | (random.random(200) < 0.5)
    first = certify(
        scores, correct, THOUSANDTHS, target_precision=0.95, confidence=0.9, calibrated_at=""
    )
    assert first.threshold is None
    assert first.labels_needed is not None
    more = random.choice(THOUSANDTHS, 200 + first.labels_needed)
    right = (more > 0.6) | (random.random(len(more)) < 0.5)
    second = certify(
        more, right, THOUSANDTHS, target_precision=0.95, confidence=0.9, calibrated_at=""
    )
    assert second.threshold is not None


def test_higher_targets_and_confidence_accept_less() -> None:
    random = np.random.default_rng(0)
    correct = random.random(1000) < 0.6 + 0.4 * THOUSANDTHS
    widest, precise, confident = (
        promise(correct, precision=p, confidence=c).accepted
        for p, c in ((0.85, 0.8), (0.92, 0.8), (0.85, 0.999))
    )
    assert precise < widest
    assert confident < widest


def test_the_start_multiple_decides_where_the_walk_starts() -> None:
    correct = THOUSANDTHS < 0.97  # the 31 best are wrong, all others right
    assert promise(correct, settings=GridSettings(start_multiples=(4,))).threshold is None
    assert promise(correct, settings=GridSettings(start_multiples=(30,))).threshold == 0.001


def test_two_walks_find_what_either_finds_alone() -> None:
    """`late`: the 31 best are wrong. `early`: only the 100 best are right."""
    late, early = THOUSANDTHS < 0.97, THOUSANDTHS > 0.9
    both = GridSettings(start_multiples=(4, 20))
    assert promise(late, settings=GridSettings(start_multiples=(4,))).threshold is None
    assert promise(early, settings=GridSettings(start_multiples=(20,))).threshold is None
    assert promise(late, settings=both).threshold == 0.001
    assert promise(early, settings=both).threshold is not None


def test_each_walk_has_its_share_of_the_risk() -> None:
    """88 accepted with 4 errors: p = 0.056 is below 0.1, but not below half of it."""
    correct = np.ones(1000, dtype=np.bool_)
    correct[-4:] = False
    correct[:912] = False
    alone = promise(correct, settings=GridSettings(start_multiples=(4,)))
    shared = promise(correct, settings=GridSettings(start_multiples=(4, 20)))
    assert alone.p_value is not None
    assert alone.threshold is not None
    assert 0.05 < alone.p_value < 0.1
    assert shared.threshold is None
    assert shared.p_value == pytest.approx(2 * alone.p_value)


def test_the_number_of_thresholds_decides_how_close_the_walk_comes() -> None:
    correct = THOUSANDTHS > 0.5
    coarse = promise(correct, settings=GridSettings(thresholds=4))
    fine = promise(correct, settings=GridSettings(thresholds=200))
    assert coarse.accepted < fine.accepted


def test_unlabelled_scores_only_place_the_thresholds() -> None:
    correct = np.ones(1000, dtype=np.bool_)
    made = certify(
        THOUSANDTHS,
        correct,
        np.array([0.25, 0.75]),
        target_precision=0.9,
        confidence=0.9,
        calibrated_at="",
    )
    assert made.threshold == 0.25


def test_a_wrong_target_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="between 0 and 1, not 95"):
        promise(THOUSANDTHS > 0.5, precision=95)


def test_unlabelled_scores_are_asked_for() -> None:
    with pytest.raises(DataError, match="got none"):
        certify(
            THOUSANDTHS,
            THOUSANDTHS > 0.5,
            np.empty(0),
            target_precision=0.9,
            confidence=0.9,
            calibrated_at="",
        )
