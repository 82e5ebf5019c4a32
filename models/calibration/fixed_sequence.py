"""Fixed-sequence testing: the widest threshold that can be promised, at no multiplicity cost.

Learn then Test (Angelopoulos et al., arXiv:2110.01052; docs/method.md, Fixed sequence): the
thresholds are put in order without the labels, each is tested at the full level, and the walk stops
at the first failure. For a promise to be wrong, the first untrue hypothesis on the way must have
been rejected, which happens with probability at most 1 - confidence. Several walks share that risk
(see `GridSettings`).
"""

from __future__ import annotations

from dataclasses import replace

from models.calibration.evidence import Evidence, Trial
from models.calibration.grid import GridSettings, start_coverages, threshold_grid
from models.calibration.labels import labels_needed
from models.calibration.scores import Flags, Scores
from models.calibration.target import Target
from models.thresholds import Promise


def certify(
    scores: Scores,
    correct: Flags,
    unlabelled_scores: Scores,
    *,
    target_precision: float,
    confidence: float,
    calibrated_at: str,
    settings: GridSettings | None = None,
) -> Promise:
    """Return the promise with the lowest threshold that the labels certify, or "cannot promise".

    `scores` and `correct` have shape (labels,): the score of the best product of each calibration
    query, through the served index, and whether that product is right (False when no product is).
    `unlabelled_scores` must be scores of other queries (see `grid`). When nothing can be promised,
    `threshold` is None, the counts are those of the first test, which failed, and `labels_needed`
    says how many further labels would be the least to allow it, None when precision is too low.
    Raise ConfigurationError for a target outside (0, 1), DataError for scores that do not fit.
    """
    settings = settings or GridSettings()
    target = Target(target_precision, confidence)
    evidence = Evidence(scores, correct)
    starts = start_coverages(target, len(evidence), settings)
    # Bonferroni over the walks: each takes an equal share of the risk.
    each = Target(target_precision, 1 - target.risk / len(starts))
    grids = [threshold_grid(unlabelled_scores, start, settings.thresholds) for start in starts]
    passed = [last for grid in grids if (last := _last_success(evidence, each, grid))]
    if passed:
        widest = min(passed, key=lambda trial: trial.threshold)
        return evidence.kept(_adjusted(widest, len(starts)), target, calibrated_at)
    first = evidence.trial(grids[0][0], each)
    expected = min(settings.start_multiples) * target.zero_error_minimum
    needed = labels_needed(evidence, unlabelled_scores, each, starts[0], expected)
    return evidence.refused(_adjusted(first, len(starts)), target, calibrated_at, needed)


def _last_success(evidence: Evidence, target: Target, grid: list[float]) -> Trial | None:
    last = None
    for threshold in grid:
        trial = evidence.trial(threshold, target)
        if trial.p_value > target.risk:
            break
        last = trial
    return last


def _adjusted(trial: Trial, walks: int) -> Trial:
    """Return the trial with a p-value that can be compared with the whole risk."""
    return replace(trial, p_value=min(1.0, walks * trial.p_value))
