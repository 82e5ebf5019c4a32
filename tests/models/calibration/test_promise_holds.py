"""The promise, statistically: in simulated worlds whose true precision is known."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from mapie.risk_control import BinaryClassificationController, precision
from scipy import stats

from models.calibration.evidence import Evidence
from models.calibration.fixed_sequence import certify
from models.calibration.holm import certify_holm
from models.calibration.target import Target
from models.thresholds import Promise
from tests.models.calibration import toy

TARGET, CONFIDENCE = 0.90, 0.90
Certify = Callable[..., Promise]


def certify_toy(
    certify: Certify,
    scores: npt.NDArray[np.float64],
    correct: npt.NDArray[np.bool_],
    unlabelled: npt.NDArray[np.float64],
) -> float | None:
    return certify(
        scores,
        correct,
        unlabelled,
        target_precision=TARGET,
        confidence=CONFIDENCE,
        calibrated_at="",
    ).threshold


def certified_thresholds(
    certify: Certify, worlds: int, labels: int, seed: int
) -> list[float | None]:
    random = np.random.default_rng(seed)
    return [
        certify_toy(certify, *toy.labelled(random, labels), toy.scores(random, 1000))
        for _ in range(worlds)
    ]


def violations(thresholds: list[float | None]) -> int:
    return sum(t is not None and toy.true_precision(t) < TARGET for t in thresholds)


def mean_coverage(thresholds: list[float | None]) -> float:
    return float(np.mean([0 if t is None else toy.true_coverage(t) for t in thresholds]))


@pytest.mark.parametrize(("certify", "worlds"), [(certify, 2000), (certify_holm, 500)])
def test_promises_break_in_at_most_the_stated_share_of_worlds(
    certify: Certify, worlds: int
) -> None:
    broken = violations(certified_thresholds(certify, worlds, labels=1000, seed=1))
    most = stats.binom.ppf(0.999, worlds, 1 - CONFIDENCE)
    assert broken <= most


def test_the_simulation_would_catch_a_threshold_without_guarantee() -> None:
    """The lowest threshold with enough precision *on the labels* breaks far too often."""
    random = np.random.default_rng(1)
    broken = 0
    for _ in range(200):
        scores, correct = toy.labelled(random, 1000)
        order = np.argsort(-scores)
        reached = np.cumsum(correct[order]) >= TARGET * np.arange(1, 1001)
        broken += toy.true_precision(scores[order][np.flatnonzero(reached)[-1]]) < TARGET
    assert broken > stats.binom.ppf(0.999, 200, 1 - CONFIDENCE)


def test_the_guarantee_does_not_cost_all_the_automation() -> None:
    """docs/method.md, Holm's procedure, has 0.126 where perfect knowledge has 0.207."""
    assert mean_coverage(certified_thresholds(certify, 200, labels=3000, seed=2)) > 0.11


def mapie_holm(scores: npt.NDArray[np.float64], correct: npt.NDArray[np.bool_]) -> float | None:
    """Return the threshold that MAPIE's default (100 thresholds, Bonferroni-Holm) certifies.

    The score is the probability of the positive class, "right" is that class, and
    precision is the risk; the best of the valid thresholds has the highest recall.
    """
    controller = BinaryClassificationController(
        predict_function=lambda s: np.column_stack([1 - s, s]),
        risk=precision,
        target_level=TARGET,
        confidence_level=CONFIDENCE,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="No predict parameters were found")
        controller.calibrate(scores, correct.astype(int))
    best = controller.best_predict_param
    return None if best is None else float(best)


def test_ours_is_never_less_valid_than_mapie_and_wider() -> None:
    random = np.random.default_rng(3)
    ours, theirs = [], []
    for _ in range(100):
        unlabelled = toy.scores(random, 1000)
        scores, correct = toy.labelled(random, 3000)
        ours.append(certify_toy(certify, scores, correct, unlabelled))
        theirs.append(mapie_holm(scores, correct))
    assert violations(ours) <= stats.binom.ppf(0.999, 100, 1 - CONFIDENCE)
    assert violations(theirs) <= stats.binom.ppf(0.999, 100, 1 - CONFIDENCE)
    assert mean_coverage(ours) > mean_coverage(theirs) + 0.04


def test_where_mapie_certifies_a_threshold_our_exact_test_does_too() -> None:
    """MAPIE's p-value is never below the exact one, so each of its thresholds passes ours."""
    random = np.random.default_rng(4)
    certified = 0
    for _ in range(50):
        scores, correct = toy.labelled(random, 6000)
        threshold = mapie_holm(scores, correct)
        if threshold is not None:
            certified += 1
            trial = Evidence(scores, correct).trial(threshold, Target(TARGET, CONFIDENCE))
            assert trial.p_value <= 1 - CONFIDENCE
    assert certified > 10
