"""What promising another precision would bring: the answers to "what if", one for each target."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from models.calibration.preview import Preview, preview
from models.calibration.record import CalibrationRecord
from models.calibration.target import Target
from models.thresholds import accepted
from training.evaluation.answered import Answered
from training.evaluation.coverage import Realised, realised
from training.evaluation.promised import evidence

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


def what_if(
    record: CalibrationRecord,
    test: Answered | None,
    targets: Iterable[float] = TARGETS,
    confidences: Iterable[float] = CONFIDENCES,
) -> tuple[WhatIf, ...]:
    """Return what each target and confidence would bring, by the labels and scores of a record.

    `test` are the queries that say how precise it would be, None where there are none. The
    confidence of the record is always among those that are tried.
    """
    tried = sorted({*confidences, record.confidence})
    targets = tuple(targets)
    return tuple(
        _what_if(preview(record, Target(target, confidence)), test)
        for confidence in tried
        for target in targets
    )


def _what_if(found: Preview, test: Answered | None) -> WhatIf:
    promise = found.promise
    known = evidence(promise)
    done = None if test is None else _realised(found, test)
    promised = found.accepted > 0
    return WhatIf(
        target_precision=promise.target_precision,
        confidence=promise.confidence,
        threshold=None if promise.groups else promise.threshold,
        calibration_labels=known.labels,
        accepted=known.accepted,
        errors=float(known.errors),
        labels_needed=promise.labels_needed,
        automation_coverage=found.automation_coverage,
        automation_coverage_interval=found.interval if promised else (0.0, 0.0),
        precision=done.precision if done else None,
        precision_interval=done.precision_interval if done else (0.0, 1.0),
    )


def _realised(found: Preview, test: Answered) -> Realised:
    chosen = accepted(test.found.deciding, found.promise, test.groups)
    return realised(chosen, test.correct, test.answerable)


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
