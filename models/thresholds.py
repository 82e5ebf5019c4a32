"""Promises, and the one place where a score is compared with a threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

Side = Literal["query", "product"]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Grouping:
    """By which attribute queries have thresholds of their own.

    It is an attribute of the query or, with `of` "product", of its best candidate.
    """

    attribute: str
    of: Side = "product"


@dataclass(frozen=True, slots=True)
class Promise:
    """Precision >= target with the stated confidence, as certified on calibration labels.

    `threshold` is None when the labels do not suffice: then nothing is automated, and
    `labels_needed` says how many further calibration labels would be the least to allow it
    (None when more labels alone would not help, because the precision is too low). `accepted` and
    `errors` are calibration counts: at the threshold, or where it is None at the test that failed;
    with several products per query the errors are a sum of shares. `products_per_query` is how many
    top-ranked products of one query the promise covers.

    A promise by groups (`grouping`) has one for each of `groups`, named in its `group`; its own
    numbers are those of all other queries.
    """

    target_precision: float
    confidence: float
    threshold: float | None
    calibration_labels: int
    accepted: int
    errors: int | float
    p_value: float | None
    labels_needed: int | None
    calibrated_at: str
    products_per_query: int = 1
    method: str = "fixed_sequence"
    group: str | None = None
    grouping: Grouping | None = None
    groups: tuple[Promise, ...] = ()

    def for_group(self, group: str | None) -> Promise:
        """Return the promise of a group; where it has none of its own, this one."""
        return next((one for one in self.groups if one.group == group), self)

    def with_thresholds(self, thresholds: dict[str | None, float | None]) -> Promise:
        """Return the promise with other thresholds, by group; None is that of all other queries."""
        groups = tuple(one.with_thresholds(_own(thresholds, one)) for one in self.groups)
        threshold = thresholds.get(None, self.threshold)
        return replace(self, threshold=threshold, groups=groups)


def accepted(
    scores: npt.NDArray[np.float32],
    promise: Promise,
    groups: Sequence[str | None] | None = None,
) -> Flags:
    """Return which scores may be applied without a person.

    `scores` are what decides: those of the search or, where there is a decider, its probabilities.
    They have shape (queries, k), best first; the result has the same shape. Only the first
    `promise.products_per_query` ranks can be accepted, since only they were calibrated. `groups`
    names the group of each query; without it none has a threshold of its own.
    """
    thresholds = _thresholds(promise, groups or [None] * len(scores))
    within = reaches(scores, thresholds[:, np.newaxis])
    within[:, promise.products_per_query :] = False
    return within


def unmatched(scores: npt.NDArray[np.float32], promise: Promise | None) -> Flags:
    """Return for which queries it may be said, without a person, that no product is right.

    `promise` is that of the answer "no match": its threshold is the highest score of the best
    product (queries, k) for which it was certified. None promises nothing.
    """
    if promise is None or promise.threshold is None or scores.shape[1] == 0:
        return np.zeros(len(scores), dtype=np.bool_)
    return reaches(-scores[:, 0], -promise.threshold)


def reaches(
    scores: npt.NDArray[np.floating], threshold: float | npt.NDArray[np.floating] | np.float32
) -> Flags:
    """Return elementwise whether a score reaches a threshold, compared as float32.

    Both are rounded to six decimals, so a threshold read from JSON equals the score it was.
    """
    return scores.astype(np.float32) >= np.asarray(threshold, dtype=np.float32)


def reaching(
    falling: npt.NDArray[np.floating], thresholds: Sequence[float]
) -> npt.NDArray[np.int64]:
    """Return how many of these scores, highest first, reach each threshold, as `reaches` counts."""
    wanted = -np.asarray(thresholds, dtype=np.float32)
    return np.searchsorted(-falling.astype(np.float32), wanted, side="right").astype(np.int64)


def _thresholds(promise: Promise, groups: Sequence[str | None]) -> npt.NDArray[np.float64]:
    """Return the threshold of each query, infinite where nothing may be accepted."""
    own = {one.group: _height(one) for one in promise.groups}
    other = _height(promise)
    return np.array([own.get(group, other) for group in groups], dtype=np.float64)


def _height(promise: Promise) -> float:
    return np.inf if promise.threshold is None else promise.threshold


def _own(
    thresholds: dict[str | None, float | None], promise: Promise
) -> dict[str | None, float | None]:
    return {None: thresholds[promise.group]} if promise.group in thresholds else {}
