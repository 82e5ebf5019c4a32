"""OPIS: how differently one threshold treats different groups of products.

From Zhang et al., ICLR 2024, arXiv:2307.04047: the variance of the groups' operating points over a
range of thresholds. 0 means that a threshold does the same to every group.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.errors import ConfigurationError
from models.index.base import Neighbours
from training.data.dataset import Relevance
from training.evaluation.ranking import hits

Distances = npt.NDArray[np.float64]
Groups = npt.NDArray[np.int64]
NO_GROUP = -1


@dataclass(frozen=True, slots=True)
class OpisSettings:
    """Thresholds reach from one false-accept rate to the other.

    Groups with fewer than `fewest_right_pairs` are left out: their noise would count as
    inconsistency.
    """

    fewest_right_pairs: int = 50
    """Groups with fewer are left out: their noise would count as inconsistency."""

    false_accept_rates: tuple[float, float] = (0.01, 0.10)
    """The range of thresholds, as two rates of wrong pairs that are accepted."""

    thresholds: int = 101
    """How many thresholds are looked at within the range."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError naming the field that cannot be used."""
        low, high = self.false_accept_rates
        if not 0 < low < high <= 1:
            raise ConfigurationError(
                f"false_accept_rates must rise within (0, 1], got {self.false_accept_rates}"
            )
        if self.fewest_right_pairs < 1:
            raise ConfigurationError("fewest_right_pairs must be at least 1")
        if self.thresholds < 2:
            raise ConfigurationError("thresholds must be at least 2")


@dataclass(frozen=True, slots=True)
class Opis:
    """The score, in [0, 0.25], over so many groups and this range of distances."""

    value: float
    groups: int
    lowest_distance: float
    highest_distance: float


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Distances of the found pairs, right and wrong ones, each with the group of its product.

    `right_pairs` counts, per group, all right pairs, whether found or not.
    """

    right: Distances
    right_groups: Groups
    wrong: Distances
    wrong_groups: Groups
    right_pairs: npt.NDArray[np.int64]


def opis(
    found: Neighbours, relevance: Relevance, groups: Groups, settings: OpisSettings
) -> Opis | None:
    """Return OPIS over the found pairs; `groups` has one number per product, or `NO_GROUP`.

    A pair belongs to the group of its product. A right pair that was not found is never accepted.
    Distances are those of unit vectors, sqrt(2 - 2 cos). None where fewer than two groups have
    enough right pairs and a wrong one, or where the range of distances is empty.
    """
    pairs = _pairs(found, relevance, groups)
    kept = _comparable(pairs, settings)
    if len(kept) < 2:
        return None
    # The smallest distances at which the rates are reached, over all wrong pairs together.
    low, high = np.quantile(pairs.wrong, settings.false_accept_rates, method="inverted_cdf")
    if low == high:
        return None
    grid = np.linspace(low, high, settings.thresholds)
    points = np.stack([_operating_points(pairs, int(group), grid) for group in kept])
    variance = points.var(axis=0)
    area = np.trapezoid(variance, grid) / (high - low)
    return Opis(float(area), len(kept), float(low), float(high))


def _pairs(found: Neighbours, relevance: Relevance, groups: Groups) -> _Pairs:
    hit = hits(found, relevance)
    wrong = (found.rows >= 0) & ~hit
    cosines = np.clip(found.deciding.astype(np.float64), -1, 1)
    distances = np.sqrt(2 - 2 * cosines)
    named = groups[relevance.indices]
    return _Pairs(
        right=distances[hit],
        right_groups=groups[found.rows[hit]],
        wrong=distances[wrong],
        wrong_groups=groups[found.rows[wrong]],
        right_pairs=np.bincount(named[named != NO_GROUP], minlength=groups.max(initial=-1) + 1),
    )


def _comparable(pairs: _Pairs, settings: OpisSettings) -> Groups:
    enough = np.flatnonzero(pairs.right_pairs >= settings.fewest_right_pairs)
    return np.intersect1d(enough, pairs.wrong_groups)


def _operating_points(pairs: _Pairs, group: int, grid: Distances) -> Distances:
    """Return the harmonic mean of sensitivity and specificity at every distance of the grid."""
    right = np.sort(pairs.right[pairs.right_groups == group])
    wrong = np.sort(pairs.wrong[pairs.wrong_groups == group])
    sensitivity = np.searchsorted(right, grid, side="right") / pairs.right_pairs[group]
    specificity = 1 - np.searchsorted(wrong, grid, side="right") / len(wrong)
    total = sensitivity + specificity
    points: Distances = np.zeros_like(total)
    np.divide(2 * sensitivity * specificity, total, out=points, where=total > 0)
    return points
