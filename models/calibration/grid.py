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

from models.calibration.evidence import Scores, check_finite
from models.calibration.target import Target
from models.errors import ConfigurationError, DataError
from models.index.base import SCORE_DECIMALS


@dataclass(frozen=True, slots=True)
class GridSettings:
    """How many thresholds are tested, and where a walk over them starts.

    A walk starts where `start_multiple` times the zero-error minimum of calibration queries is
    expected to be accepted. A small multiple starts where precision is highest, but few errors
    fail the first test; a large one needs the target to hold at a larger coverage. ANCHORS 7.3 has
    2 to 4, METHOD 5.3 has 5 to 20; in the toy model of METHOD 5.3, 4 does well with 1,000 labels
    and with 10,000.
    """

    thresholds: int = 60
    start_multiple: float = 4.0

    def __post_init__(self) -> None:
        """Raise ConfigurationError for a grid on which no test could succeed."""
        if self.thresholds < 1:
            raise ConfigurationError(f"thresholds must be at least 1, not {self.thresholds}")
        if not self.start_multiple >= 1:
            raise ConfigurationError(
                f"start_multiple must be at least 1, not {self.start_multiple}: with fewer "
                "accepted labels than the zero-error minimum no test can succeed"
            )


def start_coverage(target: Target, labels: int, settings: GridSettings) -> float:
    """Return the share of queries that the first threshold accepts; 1 when labels are few."""
    expected = settings.start_multiple * target.zero_error_minimum
    return min(1.0, expected / labels) if labels else 1.0


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
