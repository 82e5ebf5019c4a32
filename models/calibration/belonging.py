"""Whether promises were certified on these labels: a mix-up of two bundles must not be served."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from models.calibration.evidence import Evidence
from models.calibration.groups import members, remainder
from models.calibration.record import CalibrationLabels, CalibrationRecord
from models.calibration.target import Target
from models.errors import BundleError
from models.thresholds import Promise


def check_belongs(
    record: CalibrationRecord,
    promises: Sequence[Promise],
    no_match: Promise | None,
    where: Path | str,
) -> None:
    """Raise BundleError unless every count that the promises state is that of the labels."""
    for promise in promises:
        if promise.grouping != record.grouping:
            raise BundleError(
                f"{where}: its promises are by {promise.grouping}, but its calibration is by"
                f" {record.grouping}; they belong to different bundles"
            )
        for part, labels in _parts(promise, record.labels):
            _check(part, labels.products_per_query, Evidence.of(labels), 1, where)
    if no_match is not None:
        _check(no_match, 1, Evidence.of_no_match(record.labels), -1, where)


def _parts(
    promise: Promise, labels: CalibrationLabels
) -> Iterator[tuple[Promise, CalibrationLabels]]:
    names = tuple(one.group for one in promise.groups if one.group is not None)
    if not names:
        yield promise, labels
        return
    yield promise, labels.subset(remainder(labels.groups, names))
    for one, name in zip(promise.groups, names, strict=True):
        yield one, labels.subset(members(labels.groups, name))


def _check(
    promise: Promise, products: int, evidence: Evidence, sign: int, where: Path | str
) -> None:
    stated: list[float] = [promise.products_per_query, promise.calibration_labels]
    found: list[float] = [products, len(evidence)]
    if promise.threshold is not None:
        trial = evidence.trial(
            sign * promise.threshold, Target(promise.target_precision, promise.confidence)
        )
        stated += [promise.accepted, promise.errors]
        found += [trial.accepted, trial.errors]
    if not np.allclose(stated, found):
        of = f" of group {promise.group!r}" if promise.group else ""
        raise BundleError(
            f"{where}: the promise of precision {promise.target_precision:g}{of} states {stated}"
            f" products per query, labels, accepted and errors, but its calibration has {found};"
            " they belong to different bundles. Calibrate the bundle again"
        )
