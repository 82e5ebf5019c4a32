"""How many more labels a promise would need, when it cannot be made."""

from __future__ import annotations

import math

import numpy as np

from models.calibration.binomial import p_values
from models.calibration.evidence import Evidence
from models.calibration.grid import coverage_thresholds
from models.calibration.scores import Scores
from models.calibration.target import Target
from models.thresholds import reaches

_MOST_ACCEPTED = 1_000_000  # beyond this many labels "label more" is no advice
_STEPS = 500  # the accepted counts tried are 3 % apart at most


def accepted_needed(errors: int, accepted: int, target: Target) -> int | None:
    """Return how many accepted labels pass the test at the error rate errors / accepted.

    Errors are rounded up, so none at all gives the zero-error minimum. None when the rate is not
    below the allowed one, or so close to it that even a million would not do.
    """
    if errors >= target.error_rate * accepted > 0:
        return None
    tries = np.geomspace(target.zero_error_minimum, _MOST_ACCEPTED, _STEPS)
    counts = np.unique(np.ceil(tries).astype(np.int64))
    expected = -(-counts * errors // max(accepted, 1))
    passing = counts[p_values(expected, counts, target.precision) <= target.risk]
    return int(passing[0]) if len(passing) else None


def labels_needed(
    evidence: Evidence, unlabelled: Scores, target: Target, start: float, expected_accepted: float
) -> int | None:
    """Return the least further labels with which the first test could be expected to pass.

    A walk with more labels starts at a smaller coverage, where precision is higher. So the start
    coverage and its halves are tried: at each, the observed error rate (taken as zero where fewer
    than 1 / alpha labels were accepted at `start`, which say nothing about it) gives the accepted
    labels needed, and the share of queries accepted gives the labels that takes; never fewer than
    would put the start there, at `expected_accepted` labels. None when precision is too low at all.
    """
    needed = []
    worth = 1 / target.error_rate
    for halving in range(32):
        coverage = start / 2**halving
        (threshold,) = coverage_thresholds(unlabelled, np.array([coverage]))
        trial = evidence.trial(threshold, target)
        if halving and trial.accepted < worth:
            break
        errors = trial.errors if trial.accepted >= worth else 0
        accepted = accepted_needed(errors, trial.accepted, target)
        if accepted is not None:
            share = float(reaches(unlabelled, threshold).mean())
            total = math.ceil(max(accepted / share, expected_accepted / coverage))
            needed.append(max(1, total - len(evidence)))
    return min(needed, default=None)
