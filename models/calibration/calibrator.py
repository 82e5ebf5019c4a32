"""From labels to promises: the one interface of all methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from models.calibration.evidence import Evidence
from models.calibration.finding import Finding
from models.calibration.fixed_sequence import fixed_sequence
from models.calibration.grid import GridSettings
from models.calibration.groups import divide, members, remainder
from models.calibration.holm import holm_procedure
from models.calibration.record import CalibrationLabels, Unlabelled
from models.calibration.scores import Scores
from models.calibration.settings import CalibrationMethodSettings, GroupSettings, Method
from models.calibration.target import Target
from models.errors import DataError
from models.thresholds import Promise

Procedure = Callable[[Evidence, Scores, Target, GridSettings], Finding]

PROCEDURES: Mapping[Method, Procedure] = {
    "fixed_sequence": fixed_sequence,
    "holm": holm_procedure,
}


def certify(
    labels: CalibrationLabels,
    unlabelled: Unlabelled,
    target: Target,
    settings: CalibrationMethodSettings,
    calibrated_at: str,
) -> Promise:
    """Return the promise with the lowest thresholds that the labels certify, or "cannot promise".

    `labels` are of the products through the served path, and `unlabelled` of other queries. Where
    queries are grouped, all promises together hold with the confidence of the target. When nothing
    can be promised, the threshold is None, the counts are those of the test that should have
    passed, and `labels_needed` says how many further labels would be the least to allow it, None
    when precision is too low. Raise DataError without labels or unlabelled scores.
    """
    if not len(labels):
        raise DataError("there are no calibration labels, so nothing can be promised; label some")
    work = _Work(target, settings, calibrated_at)
    if settings.groups is None:
        return work.promise(labels, unlabelled.scores, target)
    return _by_groups(work, labels, unlabelled, settings.groups)


def _by_groups(
    work: _Work, labels: CalibrationLabels, unlabelled: Unlabelled, groups: GroupSettings
) -> Promise:
    division = divide(labels, unlabelled, work.target, groups)
    part = division.part_of(work.target)
    own = []
    for group in division.groups:
        chosen = labels.subset(members(labels.groups, group))
        scores = unlabelled.scores[members(unlabelled.groups, group)]
        own.append(replace(work.promise(chosen, scores, part), group=group))
    rest = labels.subset(remainder(labels.groups, division.groups))
    others = unlabelled.scores[remainder(unlabelled.groups, division.groups)]
    # Any scores can place a grid; those of all queries do where no others are of the remainder.
    promise = work.promise(rest, others if len(others) else unlabelled.scores, part)
    return replace(promise, grouping=groups.grouping, groups=tuple(own))


@dataclass(frozen=True, slots=True)
class _Work:
    target: Target
    settings: CalibrationMethodSettings
    calibrated_at: str

    def promise(self, labels: CalibrationLabels, unlabelled: Scores, part: Target) -> Promise:
        """Return the promise for these labels at a part of the risk."""
        procedure = PROCEDURES[self.settings.method]
        found = procedure(Evidence.of(labels), unlabelled, part, self.settings.grid)
        return promise_of(
            found, labels, self.target, part, self.settings.method, self.calibrated_at
        )


def promise_of(
    found: Finding,
    labels: CalibrationLabels,
    target: Target,
    part: Target,
    method: Method,
    calibrated_at: str,
) -> Promise:
    """Return the finding as a promise; its p-value compares with the whole risk of the target."""
    shown = found.shown
    return Promise(
        target_precision=target.precision,
        confidence=target.confidence,
        threshold=shown.threshold if found.certified else None,
        calibration_labels=len(labels),
        accepted=shown.accepted,
        errors=shown.errors,
        p_value=min(1.0, shown.p_value * target.risk / part.risk),
        labels_needed=found.labels_needed,
        calibrated_at=calibrated_at,
        products_per_query=labels.products_per_query,
        method=method,
    )
