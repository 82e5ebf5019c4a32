"""People's labels by why they were asked for: which may certify a threshold, by type.

A promise needs labels of queries that were drawn at random. What the service selected by a low
score is no such draw, however many there are; so the one function that makes calibration labels of
people's verdicts takes the other kinds only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.calibration.record import CalibrationLabels
from models.errors import DataError, WrongStream


@dataclass(frozen=True, slots=True)
class CalibrationLabel:
    """A query that was drawn from all traffic, and what a person said of its best products.

    `scores` are what decides about them, best first, and `correct` whether each is right.
    `answerable` says whether any product of the catalogue is right, None when that is not known.
    """

    scores: tuple[float, ...]
    correct: tuple[bool, ...]
    answerable: bool | None
    group: str | None


@dataclass(frozen=True, slots=True)
class AuditLabel:
    """The same of a query that was drawn from those that `served_threshold` accepted.

    That is the threshold that was in force for its group when it was answered.
    """

    scores: tuple[float, ...]
    correct: tuple[bool, ...]
    answerable: bool | None
    group: str | None
    served_threshold: float


@dataclass(frozen=True, slots=True)
class ReviewLabel:
    """The same of a query that went to people because of its low score: it certifies nothing."""

    scores: tuple[float, ...]
    correct: tuple[bool, ...]
    answerable: bool | None
    group: str | None


def labels_of(labels: Sequence[CalibrationLabel | AuditLabel]) -> CalibrationLabels:
    """Return what can certify thresholds; nothing else makes this of people's labels.

    Where it is not known whether a query can be answered, it counts as answerable: that can only
    make "no match" harder to promise. Raise WrongStream when there are other labels among them,
    DataError when there are none, or when they are not of equally many products.
    """
    _check_streams(labels)
    if not labels:
        raise DataError("there are no calibration labels; label a random part of the traffic first")
    widths = {len(one.scores) for one in labels} | {len(one.correct) for one in labels}
    if len(widths) != 1:
        raise DataError(
            f"calibration labels must all be of as many products, not of {sorted(widths)}"
        )
    return CalibrationLabels(
        scores=np.array([one.scores for one in labels], dtype=np.float32),
        correct=np.array([one.correct for one in labels], dtype=np.bool_),
        answerable=np.array([one.answerable is not False for one in labels], dtype=np.bool_),
        groups=tuple(one.group for one in labels),
        valid_from=np.array([_valid_from(one) for one in labels], dtype=np.float32),
    )


def _check_streams(labels: Sequence[object]) -> None:
    wrong = [one for one in labels if not isinstance(one, CalibrationLabel | AuditLabel)]
    if wrong:
        kinds = ", ".join(sorted({type(one).__name__ for one in wrong}))
        raise WrongStream(
            f"{len(wrong)} of {len(labels)} labels were not drawn at random ({kinds}): they cannot"
            " certify a threshold. Leave them out; use them to train"
        )


def _valid_from(label: CalibrationLabel | AuditLabel) -> float:
    return label.served_threshold if isinstance(label, AuditLabel) else -np.inf
