"""What promises did on queries that did not certify them, over all and group by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.calibration.scores import Flags
from models.errors import DataError
from models.index.base import Neighbours
from models.thresholds import Promise, accepted
from training.evaluation.coverage import Realised, realised

Groups = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class CalibratedCoverage:
    """What a certified threshold did on the test queries; None where these cannot be read.

    Of a promise by groups, `groups` has the same for the queries of each of them and, last, for all
    other queries, whose promise has no group.
    """

    promise: Promise
    realised: Realised | None
    groups: tuple[CalibratedCoverage, ...] = ()

    @property
    def measured(self) -> Realised:
        """Return what it did; raise DataError where that was not measured."""
        if self.realised is None:
            raise DataError("the promise was not measured: its test queries could not be read")
        return self.realised

    @property
    def automates(self) -> bool:
        """Return whether anything is promised, be it for one group alone."""
        return any(one.threshold is not None for one in (self.promise, *self.promise.groups))


def unmeasured(promise: Promise) -> CalibratedCoverage:
    """Return the promise, and its groups, without what they do."""
    return CalibratedCoverage(
        promise, None, tuple(CalibratedCoverage(one, None) for one in _parts(promise))
    )


def _parts(promise: Promise) -> tuple[Promise, ...]:
    """Return the promise of each group and that of all other queries; none of an ungrouped one."""
    if promise.grouping is None:
        return ()
    return (*promise.groups, replace(promise, grouping=None, groups=()))


@dataclass(frozen=True, slots=True)
class Evidence:
    """Calibration labels, how many of them are accepted, and the errors among those."""

    labels: int
    accepted: int
    errors: float


def evidence(promise: Promise) -> Evidence:
    """Return the calibration counts of a promise, with those of its groups."""
    parts = (promise, *promise.groups)
    # What could not be certified accepts nothing; its counts are of a test that failed.
    kept = [one for one in parts if one.threshold is not None]
    return Evidence(
        labels=sum(one.calibration_labels for one in parts),
        accepted=sum(one.accepted for one in kept),
        errors=sum(one.errors for one in kept),
    )


def calibrated(
    promise: Promise,
    found: Neighbours,
    correct: Flags,
    answerable: Flags,
    groups: Groups | None = None,
) -> CalibratedCoverage:
    """Return what the promise does on the queries that these products were found for.

    `correct` (queries, k) says which of them are right, `answerable` (queries,) which queries have
    a right product at all; without `groups` no query is in a group.
    """
    names: Groups = groups or [None] * len(correct)
    within = accepted(found.deciding, promise, names)
    own = {one.group for one in promise.groups}
    place = [name if name in own else None for name in names]
    parts = []
    for one in _parts(promise):
        rows = np.array([name == one.group for name in place], dtype=np.bool_)
        part = realised(within[rows], correct[rows], answerable[rows])
        parts.append(CalibratedCoverage(one, part))
    return CalibratedCoverage(promise, realised(within, correct, answerable), tuple(parts))
