"""The promise on the other side: below this score, no product of the catalogue is right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.calibration.calibrator import PROCEDURES, promise_of
from models.calibration.evidence import Evidence, Trial
from models.calibration.finding import Finding
from models.calibration.record import CalibrationLabels, Unlabelled
from models.calibration.settings import CalibrationMethodSettings
from models.calibration.target import Target
from models.errors import DataError
from models.thresholds import Promise


def certify_no_match(
    labels: CalibrationLabels,
    unlabelled: Unlabelled,
    target: Target,
    settings: CalibrationMethodSettings,
    calibrated_at: str,
    *,
    below: float | None = None,
) -> Promise:
    """Return the promise of the answer "no product is right", with the highest threshold for it.

    Queries whose best product scores at or below it have no right product in at least the target's
    share of cases. It is certified by the same tests as any other, on scores from low to high, for
    all queries together; labels of audits do not take part. The threshold stays under `below`, from
    where on products are accepted: all that was certified holds at once, so any of it may be
    promised. Raise DataError without a label that can take part.
    """
    evidence = Evidence.of_no_match(labels)
    if not len(evidence):
        raise DataError(
            "no calibration label was drawn from all traffic, so nothing can be said of queries"
            " with a low score; label a random part of the traffic"
        )
    found = PROCEDURES[settings.method](evidence, -unlabelled.scores, target, settings.grid)
    drawn = labels.subset(np.isneginf(labels.valid_from))
    promise = promise_of(
        _under(found, below), drawn, target, target, settings.method, calibrated_at
    )
    threshold = None if promise.threshold is None else -promise.threshold
    return replace(promise, threshold=threshold, products_per_query=1)


def _under(found: Finding, below: float | None) -> Finding:
    """Return the finding without the thresholds, here negative, that are not under `below`."""
    if below is None or not found.certified:
        return found
    kept = tuple(trial for trial in found.certified if -trial.threshold < below)
    return Finding(kept, min(kept or found.certified, key=_threshold), found.labels_needed)


def _threshold(trial: Trial) -> float:
    return trial.threshold
