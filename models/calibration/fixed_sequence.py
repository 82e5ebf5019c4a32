"""Fixed-sequence testing: the widest threshold that can be promised, at no multiplicity cost.

Learn then Test (Angelopoulos et al., arXiv:2110.01052), METHOD 5.2-5.3: the thresholds are put in
order without the labels, each is tested at the full level, and the walk stops at the first failure.
For a promise to be wrong, the first untrue hypothesis on the way must have been rejected, which
happens with probability at most 1 - confidence.
"""

from __future__ import annotations

from models.calibration.evidence import Evidence, Flags, Scores, Trial
from models.calibration.grid import GridSettings, start_coverage, threshold_grid
from models.calibration.labels import labels_needed
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
    start = start_coverage(target, len(evidence), settings)
    grid = threshold_grid(unlabelled_scores, start, settings.thresholds)
    first = evidence.trial(grid[0], target)
    last = _last_success(evidence, target, grid)
    if last is not None:
        return evidence.kept(last, target, calibrated_at)
    expected = settings.start_multiple * target.zero_error_minimum
    needed = labels_needed(evidence, unlabelled_scores, target, start, expected)
    return evidence.refused(first, target, calibrated_at, needed)


def _last_success(evidence: Evidence, target: Target, grid: list[float]) -> Trial | None:
    last = None
    for threshold in grid:
        trial = evidence.trial(threshold, target)
        if trial.p_value > target.risk:
            break
        last = trial
    return last
