"""Which groups get a threshold of their own, and what part of the risk each gets.

Groups depend on unlabelled scores, and on how many labels each has; never on what the labels say.
The risk is divided equally over the groups and the remainder (Bonferroni), so that all of their
promises hold at once with the stated confidence.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from models.calibration.binomial import zero_error_minimum
from models.calibration.record import CalibrationLabels, Groups, Unlabelled
from models.calibration.scores import Flags
from models.calibration.settings import GroupSettings
from models.calibration.target import Target


@dataclass(frozen=True, slots=True)
class Division:
    """The groups with a threshold of their own, by name, and into how many parts the risk goes.

    The remainder, all other queries, is one of the parts unless it has no labels.
    """

    groups: tuple[str, ...]
    parts: int

    def part_of(self, target: Target) -> Target:
        """Return the target with the risk of one part."""
        return Target(target.precision, 1 - target.risk / self.parts)


def divide(
    labels: CalibrationLabels, unlabelled: Unlabelled, target: Target, settings: GroupSettings
) -> Division:
    """Return as many groups as have labels enough for their part of the risk, largest first.

    The more groups there are, the less risk is left for each, and the more labels each needs. So
    the smallest give way to the remainder until all that are left have enough.
    """
    frequent = frequent_groups(unlabelled.groups, settings.most)
    counts = Counter(group for group in labels.groups if group in frequent)
    ordered = sorted(frequent, key=lambda group: (-counts[group], group))
    for number in range(len(ordered), 0, -1):
        others = len(labels) - sum(counts[group] for group in ordered[:number])
        division = Division(tuple(sorted(ordered[:number])), number + (others > 0))
        if counts[ordered[number - 1]] >= _fewest(division.part_of(target), settings):
            return division
    return Division((), 1)


def frequent_groups(groups: Groups, most: int) -> frozenset[str]:
    """Return the most frequent groups; of equally frequent ones those that sort first."""
    counts = Counter(group for group in groups if group is not None)
    ordered = sorted(counts, key=lambda group: (-counts[group], group))
    return frozenset(ordered[:most])


def members(groups: Groups, group: str) -> Flags:
    """Return which queries (queries,) are of this group."""
    return np.array([one == group for one in groups], dtype=np.bool_)


def remainder(groups: Groups, without: tuple[str, ...]) -> Flags:
    """Return which queries (queries,) are of none of these groups."""
    return np.array([one not in without for one in groups], dtype=np.bool_)


def _fewest(part: Target, settings: GroupSettings) -> float:
    return settings.fewest_multiple * zero_error_minimum(part.precision, part.confidence)
