"""How many labels are expected to take part in a test, before any of them is looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.calibration.scores import Scores
from models.thresholds import reaches


@dataclass(frozen=True, slots=True)
class Reach:
    """Labels by the share of the traffic that they were drawn from, the smallest share first.

    Of labels drawn from everything the share is 1; of audits it is what the threshold accepted that
    was served, and they take part in tests of thresholds that accept no more.
    """

    coverages: tuple[float, ...]
    counts: tuple[int, ...]

    def density(self, coverage: float) -> float:
        """Return how many labels drawn from everything would give as many accepted ones there."""
        return sum(
            count / of
            for of, count in zip(self.coverages, self.counts, strict=True)
            if of >= coverage
        )

    def coverage_for(self, expected: float) -> float:
        """Return the smallest coverage at which so many labels are expected to be accepted.

        Where there are too few, it is the largest at which any take part, or 1 without labels.
        """
        for coverage in self.coverages:
            density = self.density(coverage)
            if expected <= density * coverage:
                return expected / density
        return self.widest

    @property
    def widest(self) -> float:
        """Return the largest coverage at which labels take part."""
        return self.coverages[-1] if self.coverages else 1.0


def reach_of(valid_from: npt.NDArray[np.float32], unlabelled: Scores) -> Reach:
    """Return the reach of labels with these thresholds (labels,) to be valid from.

    Those beyond all unlabelled scores are left out: no threshold that is tested is so high.
    """
    if not len(unlabelled):
        return Reach((), ())
    thresholds, counts = np.unique(valid_from, return_counts=True)
    shares = [float(reaches(unlabelled, one).mean()) for one in thresholds]
    known = sorted((share, count) for share, count in zip(shares, counts.tolist(), strict=True))
    kept = [(share, count) for share, count in known if share > 0]
    return Reach(tuple(share for share, _ in kept), tuple(count for _, count in kept))
