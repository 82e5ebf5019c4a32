"""What another target would bring: its promise, and how much it would automate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.calibration.binomial import share_interval
from models.calibration.calibrator import certify
from models.calibration.groups import members
from models.calibration.record import CalibrationRecord
from models.calibration.target import Target
from models.errors import ConfigurationError
from models.thresholds import Promise, accepted

INTERVAL_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Preview:
    """A promise that could be made, and the automation coverage to expect of it.

    `accepted` of the `queries` without labels would be answered by machine. The interval of their
    share is that of Clopper and Pearson at `INTERVAL_CONFIDENCE`.
    """

    promise: Promise
    queries: int
    accepted: int
    automation_coverage: float
    interval: tuple[float, float]


def preview(record: CalibrationRecord, target: Target, group: str | None = None) -> Preview:
    """Return what the target would bring, from the labels and scores that a bundle keeps.

    With `group`, the promise is the one that its queries are held to: its own, or that of all
    others where it has none; coverage is that of its queries. Without, it is of all queries.
    `calibrated_at` of the promise is empty: nothing was calibrated. Raise ConfigurationError for a
    group that the calibration does not have.
    """
    if group is not None:
        _check_group(record, group)
    promise = certify(record.labels, record.unlabelled, target, record.settings, "")
    return _judged(record, promise, group)


def _judged(record: CalibrationRecord, promise: Promise, group: str | None) -> Preview:
    others = record.unlabelled
    if group is not None:
        others = others.subset(members(others.groups, group))
    within = accepted(others.scores[:, np.newaxis], promise, others.groups)
    count = int(np.count_nonzero(within))
    return Preview(
        promise=promise if group is None else promise.for_group(group),
        queries=len(others),
        accepted=count,
        automation_coverage=count / len(others) if len(others) else 0.0,
        interval=share_interval(count, len(others), INTERVAL_CONFIDENCE),
    )


def _check_group(record: CalibrationRecord, group: str) -> None:
    known = sorted({one for one in record.unlabelled.groups + record.labels.groups if one})
    if record.grouping is None:
        raise ConfigurationError(
            f"the bundle has one threshold for all queries, so none for the group {group!r};"
            " leave the group out, or train with calibration.groups"
        )
    if group not in known:
        raise ConfigurationError(
            f"the calibration has no queries of the group {group!r}; it has {', '.join(known)}"
        )
