"""Holm's procedure: certifies thresholds in any order, at a price for their number.

The alternative to `fixed_sequence` for callers who cannot say beforehand where to start: it is
valid for any grid that the labels did not choose, and needs no order. It is wasteful, since
neighbouring thresholds are strongly dependent (5 points less automation coverage with 3,000 labels
in docs/method.md, Holm's procedure).
"""

from __future__ import annotations

from models.calibration.evidence import Evidence, Trial
from models.calibration.grid import threshold_grid
from models.calibration.labels import labels_needed
from models.calibration.scores import Flags, Scores
from models.calibration.target import Target
from models.errors import ConfigurationError
from models.thresholds import Promise

DEFAULT_THRESHOLDS = 20


def certify_holm(
    scores: Scores,
    correct: Flags,
    unlabelled_scores: Scores,
    *,
    target_precision: float,
    confidence: float,
    calibrated_at: str,
    thresholds: int = DEFAULT_THRESHOLDS,
) -> Promise:
    """Return the promise with the lowest threshold that Holm's procedure certifies.

    Arguments, "cannot promise" and errors are those of `fixed_sequence.certify`, except that the
    grid has `thresholds` even steps of coverage from 1 / thresholds to everything, and that a
    refusal has the counts of the test that came closest.
    """
    if thresholds < 1:
        raise ConfigurationError(f"thresholds must be at least 1, not {thresholds}")
    target = Target(target_precision, confidence)
    evidence = Evidence(scores, correct)
    grid = threshold_grid(unlabelled_scores, 1 / thresholds, thresholds)
    trials = [evidence.trial(threshold, target) for threshold in grid]
    certified = holm(trials, target.risk)
    if certified:
        return evidence.kept(min(certified, key=_threshold), target, calibrated_at)
    # Nothing passes before the smallest p-value reaches risk / number of tests.
    strict = Target(target_precision, 1 - target.risk / len(trials))
    needed = labels_needed(evidence, unlabelled_scores, strict, 1.0, strict.zero_error_minimum)
    return evidence.refused(min(trials, key=_p_value), target, calibrated_at, needed)


def holm(trials: list[Trial], risk: float) -> list[Trial]:
    """Return the rejected hypotheses: step down from the smallest p-value (Holm 1979)."""
    rejected: list[Trial] = []
    for rank, trial in enumerate(sorted(trials, key=_p_value)):
        if trial.p_value > risk / (len(trials) - rank):
            break
        rejected.append(trial)
    return rejected


def _p_value(trial: Trial) -> float:
    return trial.p_value


def _threshold(trial: Trial) -> float:
    return trial.threshold
