"""Four queries over four products, small enough to work out by hand."""

from __future__ import annotations

import numpy as np

from models.index.base import Neighbours
from models.thresholds import Promise
from training.data.dataset import relevance_matrix

# Right products: 0; 1 and 3; 2; none (open set).
RELEVANCE = relevance_matrix([(0,), (1, 3), (2,), ()], 4)

# Right at rank 1; at ranks 1 and 3; not among three; never.
FOUND = Neighbours(
    scores=np.array(
        [[0.9, 0.2, 0.1], [0.8, 0.7, 0.6], [0.7, 0.6, 0.5], [0.8, 0.1, -np.inf]], dtype=np.float32
    ),
    rows=np.array([[0, 1, 2], [3, 0, 1], [0, 1, 3], [2, 0, -1]]),
)


def promise(threshold: float | None, target: float = 0.9) -> Promise:
    return Promise(
        target_precision=target,
        confidence=0.9,
        threshold=threshold,
        calibration_labels=1200,
        accepted=100,
        errors=4,
        p_value=0.05,
        labels_needed=None if threshold else 1234,
        calibrated_at="2026-11-23T00:00:00Z",
    )
