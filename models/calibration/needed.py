"""How many more labels a promise would need, when it cannot be made."""

from __future__ import annotations

import math

import numpy as np

from models.calibration.bounded import bounded_p_values
from models.calibration.evidence import Evidence
from models.calibration.grid import LATEST_START, Start, threshold_at
from models.calibration.reach import Reach
from models.calibration.scores import Scores
from models.calibration.target import Target
from models.thresholds import reaches

_MOST_ACCEPTED = 1_000_000  # beyond this many labels "label more" is no advice
_STEPS = 500  # the accepted counts tried are 3 % apart at most


def accepted_needed(errors: float, accepted: int, target: Target, whole: int = 1) -> int | None:
    """Return how many accepted labels pass the test at the error rate errors / accepted.

    Errors are rounded up to parts of `whole` (see `bounded_p_values`), so none at all gives the
    zero-error minimum. None when the rate is not below the allowed one, or so close to it that even
    a million would not do.
    """
    if errors >= target.error_rate * accepted > 0:
        return None
    tries = np.geomspace(target.zero_error_minimum, _MOST_ACCEPTED, _STEPS)
    counts = np.unique(np.ceil(tries).astype(np.int64))
    parts = -(-counts * round(errors * whole) // max(accepted, 1))
    chances = bounded_p_values(parts, whole, counts, target.precision)
    passing = counts[chances <= target.risk]
    return int(passing[0]) if len(passing) else None


def labels_needed(
    evidence: Evidence, unlabelled: Scores, target: Target, reach: Reach, start: Start
) -> int | None:
    """Return the least further labels, drawn from all traffic, that should make a test pass.

    With more labels tests start at a smaller coverage, where precision is higher. So the start's
    coverage and its halves are tried: at each, the observed error rate (taken as zero where fewer
    than 1 / alpha labels were accepted at the start, which say nothing about it) gives the accepted
    labels needed, and the share of queries accepted gives the labels that takes; never fewer than
    would put a start there. None when precision is too low at all.
    """
    needed = []
    worth = 1 / target.error_rate
    for halving in range(32):
        coverage = start.coverage / 2**halving
        threshold = threshold_at(unlabelled, coverage)
        trial = evidence.trial(threshold, target)
        if halving and trial.accepted < worth:
            break
        errors = trial.errors if trial.accepted >= worth else 0
        accepted = accepted_needed(errors, trial.accepted, target, evidence.whole)
        if accepted is not None:
            share = float(reaches(unlabelled, threshold).mean())
            # A start may lie at two thirds whatever it expects; at less it must expect so many.
            wide = coverage >= LATEST_START * reach.widest
            expected = accepted if wide else start.expected
            total = math.ceil(max(accepted / share, expected / coverage))
            needed.append(max(1, total - math.floor(reach.density(coverage))))
    return min(needed, default=None)
