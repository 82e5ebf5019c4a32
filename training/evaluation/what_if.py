"""What promising another precision would bring: the answers to "what if", one for each target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# From where a promise is worth having to where few data sets can follow, evenly.
TARGETS = tuple(np.linspace(0.70, 0.995, 60).round(3).tolist())
CONFIDENCES = (0.80, 0.90, 0.95, 0.99)
QUERIES_A_MONTH = 10_000
SECONDS_A_TASK = 20.0


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a promise of one target and confidence would be, and what it would do.

    `automation_coverage` is what it would automate of the unlabelled queries, 0 where nothing can
    be promised; `threshold` is None there, and also where groups alone have thresholds. The errors
    and accepted ones are calibration labels at the threshold, of all groups together. `precision`
    is that on the test queries, None where nothing of them is accepted or there are none. The
    intervals hold at `INTERVAL_CONFIDENCE`.
    """

    target_precision: float
    confidence: float
    threshold: float | None
    calibration_labels: int
    accepted: int
    errors: float
    labels_needed: int | None
    automation_coverage: float
    automation_coverage_interval: tuple[float, float]
    precision: float | None
    precision_interval: tuple[float, float]

    @property
    def is_promised(self) -> bool:
        """Return whether anything would be automated."""
        return self.automation_coverage > 0


def review_hours(
    automation_coverage: float,
    queries: float = QUERIES_A_MONTH,
    seconds: float = SECONDS_A_TASK,
) -> float:
    """Return the hours that people work a month: every query that is not automated is a task."""
    return (1 - automation_coverage) * queries * seconds / 3600


def at_confidence(rows: tuple[WhatIf, ...], confidence: float) -> tuple[WhatIf, ...]:
    """Return the rows of this confidence, the lowest target first."""
    own = (one for one in rows if one.confidence == confidence)
    return tuple(sorted(own, key=lambda one: one.target_precision))
