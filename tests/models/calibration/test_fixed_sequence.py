from __future__ import annotations

import numpy as np
import pytest

from models.calibration.evidence import Trial
from models.calibration.fixed_sequence import fallback
from models.calibration.grid import GridSettings, Step
from models.errors import ConfigurationError, DataError
from models.thresholds import Promise
from tests.models.calibration.certifying import (
    NOW,
    THOUSANDTHS,
    certified,
    equal_starts,
    one_start,
)


def promise(
    correct: np.ndarray,
    *,
    precision: float = 0.9,
    confidence: float = 0.9,
    grid: GridSettings | None = None,
) -> Promise:
    """Certify 1,000 labels with scores 0.001 to 1.000, right where `correct` says so."""
    return certified(
        THOUSANDTHS, correct, THOUSANDTHS, precision=precision, confidence=confidence, grid=grid
    )


def passed(p_values: list[float], risks: list[float]) -> list[tuple[float, float]]:
    """Return threshold and p-value of what passes; thresholds are 0, -1, -2, ..."""
    trials = [Trial(-at, 1, 0, p) for at, p in enumerate(p_values)]
    sequence = [Step(-at, risk) for at, risk in enumerate(risks)]
    return [(one.threshold, one.p_value) for one in fallback(trials, sequence, sum(risks))]


def test_a_sequence_ends_with_the_first_failure_even_if_later_tests_would_pass() -> None:
    assert [at for at, _ in passed([0.1, 0.1, 0.2, 0.0], [0.1, 0, 0, 0])] == [0, -1]


def test_another_start_begins_anew_with_its_own_risk_alone() -> None:
    assert [at for at, _ in passed([0.03, 0.5, 0.06, 0.05, 0.5], [0.05, 0, 0.05, 0, 0])] == [0]
    assert [at for at, _ in passed([0.03, 0.5, 0.05, 0.05, 0.5], [0.05, 0, 0.05, 0, 0])] == [
        0,
        -2,
        -3,
    ]


def test_a_start_that_is_reached_adds_its_risk_to_what_is_carried() -> None:
    assert [at for at, _ in passed([0.05, 0.05, 0.1, 0.1], [0.05, 0, 0.05, 0])] == [0, -1, -2, -3]


def test_p_values_compare_with_the_whole_risk() -> None:
    """At half of the risk twice the p-value, at all of it the p-value itself."""
    found = passed([0.03, 0.02, 0.06], [0.05, 0, 0.05])
    assert [p for _, p in found] == pytest.approx([0.06, 0.04, 0.06])


def test_faultless_labels_promise_everything() -> None:
    made = promise(np.ones(1000, dtype=np.bool_))
    assert made.threshold == 0.001
    assert (made.accepted, made.errors, made.calibration_labels) == (1000, 0, 1000)
    assert made.p_value == pytest.approx(0.9**1000)
    assert made.labels_needed is None
    assert made.calibrated_at == NOW
    assert (made.products_per_query, made.method) == (1, "fixed_sequence")


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
    made = promise(correct, precision=0.7, grid=one_start(10))
    assert made.threshold is not None
    assert made.accepted < 200


def test_a_failing_start_is_cannot_promise_with_the_evidence_of_the_main_start() -> None:
    made = promise(np.zeros(1000, dtype=np.bool_))
    assert made.threshold is None
    assert (made.accepted, made.errors) == (176, 176)  # 8 x the zero-error minimum of 22
    assert made.p_value == pytest.approx(1)
    assert made.labels_needed is None


def test_too_few_labels_say_how_many_more() -> None:
    made = certified(THOUSANDTHS[-20:], np.ones(20, dtype=np.bool_), THOUSANDTHS)
    assert made.threshold is None
    assert made.labels_needed == 22 - 20


def test_the_labels_needed_make_the_promise_when_they_are_like_the_first() -> None:
    random = np.random.default_rng(7)
    scores = THOUSANDTHS[random.permutation(1000)[:200]]
    correct = (scores > 0.6) | (random.random(200) < 0.5)
    first = certified(scores, correct, THOUSANDTHS, precision=0.95)
    assert first.threshold is None
    assert first.labels_needed is not None
    more = random.choice(THOUSANDTHS, 200 + first.labels_needed)
    right = (more > 0.6) | (random.random(len(more)) < 0.5)
    assert certified(more, right, THOUSANDTHS, precision=0.95).threshold is not None


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
    assert promise(correct, grid=one_start(4)).threshold is None
    assert promise(correct, grid=one_start(30)).threshold == 0.001


def test_two_starts_find_what_either_finds_alone() -> None:
    """`late`: the 31 best are wrong. `early`: only the 100 best are right."""
    late, early = THOUSANDTHS < 0.97, THOUSANDTHS > 0.9
    both = equal_starts(4, 20)
    assert promise(late, grid=one_start(4)).threshold is None
    assert promise(early, grid=one_start(20)).threshold is None
    assert promise(late, grid=both).threshold == 0.001
    assert promise(early, grid=both).threshold is not None


def test_each_start_has_its_share_of_the_risk() -> None:
    """88 accepted with 4 errors: p = 0.056 is below 0.1, but not below half of it."""
    correct = np.ones(1000, dtype=np.bool_)
    correct[-4:] = False
    correct[:912] = False
    alone = promise(correct, grid=one_start(4))
    shared = promise(correct, grid=equal_starts(4, 20))
    uneven = promise(correct, grid=GridSettings(60, (4, 20), (3, 1)))
    assert alone.p_value is not None
    assert alone.threshold is not None
    assert 0.05 < alone.p_value < 0.075
    assert shared.threshold is None
    assert shared.p_value == pytest.approx(2 * alone.p_value)
    assert uneven.threshold is not None
    assert uneven.p_value == pytest.approx(4 / 3 * alone.p_value)


def test_the_number_of_thresholds_decides_how_close_the_walk_comes() -> None:
    correct = THOUSANDTHS > 0.5
    coarse = promise(correct, grid=one_start(4, thresholds=4))
    fine = promise(correct, grid=one_start(4, thresholds=200))
    assert coarse.accepted < fine.accepted


def test_unlabelled_scores_only_place_the_thresholds() -> None:
    made = certified(THOUSANDTHS, np.ones(1000, dtype=np.bool_), np.array([0.25, 0.75]))
    assert made.threshold == 0.25


def test_a_wrong_target_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="between 0 and 1, not 95"):
        promise(THOUSANDTHS > 0.5, precision=95)
    with pytest.raises(ConfigurationError, match="confidence must be between 0 and 1, not 1"):
        promise(THOUSANDTHS > 0.5, confidence=1)


def test_unlabelled_scores_are_asked_for() -> None:
    with pytest.raises(DataError, match="got none"):
        certified(THOUSANDTHS, THOUSANDTHS > 0.5, np.empty(0))
