"""Which threshold each group of products would need, had it one of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.calibration.scores import Flags, Scores
from models.errors import ConfigurationError
from models.index.base import Neighbours
from models.thresholds import reaches
from training.data.dataset import Relevance
from training.evaluation.coverage import precision_coverage
from training.evaluation.ranking import hits


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """Groups with fewer answered queries are left out: their thresholds would be mostly chance."""

    fewest_queries: int = 50

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        if self.fewest_queries < 1:
            raise ConfigurationError("fewest_queries must be at least 1")


@dataclass(frozen=True, slots=True)
class GroupThreshold:
    """One group: its own oracle threshold, and what the threshold shared by all does to it.

    `threshold` is None where no threshold reaches the target, and `shared_precision` where the
    shared threshold accepts nothing of the group.
    """

    name: str
    queries: int
    precision_at_1: float
    threshold: float | None
    coverage: float
    shared_coverage: float
    shared_precision: float | None


@dataclass(frozen=True, slots=True)
class GroupThresholds:
    """The groups at one target precision, the one with the highest threshold first.

    `spread` is the standard deviation of the groups' thresholds, weighted by their queries, None
    with fewer than two; `left_out` queries belong to groups that are too small or to none.
    """

    target_precision: float
    shared_threshold: float | None
    spread: float | None
    left_out: int
    groups: tuple[GroupThreshold, ...]


def group_thresholds(
    found: Neighbours,
    relevance: Relevance,
    group_of: Sequence[str],
    target_precision: float,
    settings: GroupSettings,
) -> GroupThresholds:
    """Return the oracle threshold of each group, as C@1 chooses it (docs/method.md, Measures).

    A query belongs to the group of the product it is answered with, which is all that is known
    when it is served; `group_of` has one name per product, "" for none. The thresholds are chosen
    on the labels they are judged by: they compare groups and promise nothing.
    """
    correct, scores = hits(found, relevance)[:, 0], found.deciding[:, 0]
    answered = np.array([group_of[row] if row >= 0 else "" for row in found.rows[:, 0]])
    shared = lowest_threshold(scores, correct, target_precision)
    names, sizes = np.unique(answered, return_counts=True)
    kept = [
        str(name)
        for name, size in zip(names, sizes, strict=True)
        if name and size >= settings.fewest_queries
    ]
    groups = []
    for name in kept:
        inside = answered == name
        groups.append(_group(name, scores[inside], correct[inside], target_precision, shared))
    return GroupThresholds(
        target_precision=target_precision,
        shared_threshold=shared,
        spread=_spread(groups),
        left_out=len(scores) - sum(group.queries for group in groups),
        groups=tuple(sorted(groups, key=_highest_first)),
    )


def lowest_threshold(scores: Scores, correct: Flags, target_precision: float) -> float | None:
    """Return the lowest threshold with precision >= target on these labels; None without one."""
    curve = precision_coverage(scores, correct)
    good = np.flatnonzero(curve.precision >= target_precision)
    return float(curve.thresholds[good[-1]]) if len(good) else None


def _group(
    name: str, scores: Scores, correct: Flags, target: float, shared: float | None
) -> GroupThreshold:
    own = lowest_threshold(scores, correct, target)
    accepted = np.zeros(len(scores), np.bool_) if shared is None else reaches(scores, shared)
    return GroupThreshold(
        name=name,
        queries=len(scores),
        precision_at_1=float(correct.mean()),
        threshold=own,
        coverage=0.0 if own is None else float(reaches(scores, own).mean()),
        shared_coverage=float(accepted.mean()),
        shared_precision=float(correct[accepted].mean()) if accepted.any() else None,
    )


def _spread(groups: Sequence[GroupThreshold]) -> float | None:
    known = [(one.threshold, one.queries) for one in groups if one.threshold is not None]
    if len(known) < 2:
        return None
    thresholds, weights = np.array(known).T
    mean = np.average(thresholds, weights=weights)
    return float(np.sqrt(np.average((thresholds - mean) ** 2, weights=weights)))


def _highest_first(group: GroupThreshold) -> tuple[float, str]:
    """Order groups that no threshold serves before all others."""
    return (-np.inf if group.threshold is None else -group.threshold, group.name)
