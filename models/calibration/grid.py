"""The thresholds to be tested, in order, chosen without any calibration label or score.

The binomial test holds for a threshold that the tested labels did not choose. So the grid is made
of quantiles of *unlabelled* scores: scores of queries of the same traffic that are not calibration
queries, for instance live traffic, or the test queries without their labels. Where they come from
affects how much is automated, never whether the promise holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.calibration.scores import Scores, check_finite
from models.calibration.target import Target
from models.errors import ConfigurationError, DataError
from models.index.base import SCORE_DECIMALS

LATEST_START = 0.5


@dataclass(frozen=True, slots=True)
class GridSettings:
    """How many thresholds a walk tests, and where the walks start.

    A walk starts where a multiple of the zero-error minimum of calibration queries is expected to
    be accepted. A small multiple starts where precision is highest, but there a handful of errors
    fails the first test; a large one has the power to pass, but needs the target to hold at
    a larger coverage. So there is a walk for each of `start_multiples`, and they share the risk
    equally: that costs little automation where one of them would have done, and finds a promise
    where another alone finds none. Walks other than the first that would start beyond half of the
    queries are left out, which gives their share of the risk to the others.
    """

    thresholds: int = 60
    """How many thresholds each walk tests."""

    start_multiples: tuple[float, ...] = (4.0, 12.0, 36.0)
    """Where walks start: so many times the fewest labels that could prove it are accepted."""

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a grid on which no test could succeed."""
        if self.thresholds < 1:
            raise ConfigurationError(f"thresholds must be at least 1, not {self.thresholds}")
        if not self.start_multiples:
            raise ConfigurationError("start_multiples needs at least 1 number")
        if not min(self.start_multiples) >= 1:
            raise ConfigurationError(
                f"start_multiples must be at least 1, not {self.start_multiples}: with fewer "
                "accepted labels than the zero-error minimum no test can succeed"
            )


def start_coverages(target: Target, labels: int, settings: GridSettings) -> list[float]:
    """Return the share of queries that each walk's first threshold accepts, rising, at least one.

    With few labels it is 1: nothing less could be certified.
    """
    expected = [multiple * target.zero_error_minimum for multiple in settings.start_multiples]
    coverages = [min(1.0, count / labels) if labels else 1.0 for count in sorted(expected)]
    first, *others = coverages
    return [first, *(coverage for coverage in others if coverage <= LATEST_START)]


def coverage_thresholds(unlabelled: Scores, coverages: npt.NDArray[np.float64]) -> list[float]:
    """Return, per coverage, the score that this share of `unlabelled` reaches, without repeats.

    Rounded as served scores are, so that each is exactly a score that can occur. Raise DataError
    when there is no score, or one that is not finite.
    """
    if len(unlabelled) == 0:
        raise DataError("calibration needs unlabelled scores to place its thresholds; got none")
    check_finite(unlabelled, "unlabelled")
    falling = np.sort(unlabelled)[::-1]
    # Less a hair, so that 0.3 of 10 scores is the third even where 0.3 * 10 is above 3.
    ranks = np.ceil(coverages * len(falling) - 1e-9).astype(np.int64)
    scores = falling[np.clip(ranks, 1, len(falling)) - 1]
    return list(dict.fromkeys(round(float(score), SCORE_DECIMALS) for score in scores))


def threshold_grid(unlabelled: Scores, start: float, thresholds: int) -> list[float]:
    """Return thresholds from high to low, at even steps of coverage from `start` to everything."""
    return coverage_thresholds(unlabelled, np.linspace(start, 1.0, thresholds))
