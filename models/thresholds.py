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
    (None when more labels alone would not help, because the precision is too low).
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

    `scores` has shape (queries, k), best first; the result has the same shape. Only the first
    `promise.products_per_query` ranks can be accepted, since only they were calibrated.
    """
    if promise.threshold is None:
        return np.zeros(scores.shape, dtype=np.bool_)
    reaches = scores >= np.float32(promise.threshold)
    reaches[:, promise.products_per_query :] = False
    return reaches
