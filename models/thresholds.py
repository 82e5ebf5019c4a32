"""Promises, and the one place where a score is compared with a threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Promise:
    """Precision >= target with the stated confidence, as certified on calibration labels.

    `threshold` is None when the labels do not suffice: then nothing is automated, and
    `labels_needed` says how many further calibration labels would be the least to allow it
    (None when more labels alone would not help, because the precision is too low). `accepted` and
    `errors` are calibration counts: at the threshold, or where it is None at the test that failed.
    `products_per_query` is how many top-ranked products of one query the promise covers.
    """

    target_precision: float
    confidence: float
    threshold: float | None
    calibration_labels: int
    accepted: int
    errors: int
    p_value: float | None
    labels_needed: int | None
    calibrated_at: str
    products_per_query: int = 1


def accepted(scores: npt.NDArray[np.float32], promise: Promise) -> npt.NDArray[np.bool_]:
    """Return which scores may be applied without a person.

    `scores` are what decides: those of the search or, where there is a decider, its probabilities.
    They have shape (queries, k), best first; the result has the same shape. Only the first
    `promise.products_per_query` ranks can be accepted, since only they were calibrated.
    """
    if promise.threshold is None:
        return np.zeros(scores.shape, dtype=np.bool_)
    within = reaches(scores, promise.threshold)
    within[:, promise.products_per_query :] = False
    return within


def reaches(
    scores: npt.NDArray[np.floating], threshold: float | np.float32
) -> npt.NDArray[np.bool_]:
    """Return elementwise whether a score reaches a threshold, compared as float32.

    Both are rounded to six decimals, so a threshold read from JSON equals the score it was.
    """
    return scores.astype(np.float32) >= np.float32(threshold)
