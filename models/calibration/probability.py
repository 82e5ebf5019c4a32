"""From what decides to the chance of being right: an isotonic map, fitted on calibration labels.

Pool-adjacent-violators gives blocks of neighbouring scores with rising shares of right answers
(Zadrozny & Elkan, KDD 2002). The map runs through the middle of each block and is straight between
them (centred isotonic regression, Oron & Flournoy, 2017), so that it has no steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.errors import DataError

FEWEST_LABELS = 50  # with fewer, a step of the map is mostly chance

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ProbabilityMap:
    """A monotone map of scores to probabilities: straight lines between its knots, level beyond.

    `scores` rise strictly and `probabilities`, in [0, 1], never fall.
    """

    scores: tuple[float, ...]
    probabilities: tuple[float, ...]

    def __post_init__(self) -> None:
        """Raise DataError unless the knots describe such a map."""
        scores, chances = np.array(self.scores), np.array(self.probabilities)
        if scores.ndim != 1 or not len(scores) or scores.shape != chances.shape:
            raise DataError(
                f"a map to probabilities needs one of them for each score, not {chances.shape} for"
                f" {scores.shape}"
            )
        if not np.isfinite(scores).all() or np.any(np.diff(scores) <= 0):
            raise DataError("the scores of a map to probabilities must be numbers that rise")
        # Also refuses what is not a number.
        if not (np.all((chances >= 0) & (chances <= 1)) and np.all(np.diff(chances) >= 0)):
            raise DataError("the probabilities of a map must be in [0, 1] and not fall")

    def of(self, scores: npt.NDArray[np.floating]) -> Floats:
        """Return the probability of each score; that of -inf is the lowest there is."""
        found: Floats = np.interp(scores.astype(np.float64), self.scores, self.probabilities)
        return found


def fit_probabilities(
    scores: npt.NDArray[np.floating], correct: npt.NDArray[np.bool_]
) -> ProbabilityMap | None:
    """Return the map of the scores (labels,) of best products, or None with too few labels.

    It is never surer than the number of labels allows: by the rule of succession, n labels that all
    are right have the probability (n + 1) / (n + 2).
    """
    if len(scores) < FEWEST_LABELS:
        return None
    values, place, weights = np.unique(
        scores.astype(np.float64), return_inverse=True, return_counts=True
    )
    shares = np.bincount(place, weights=correct.astype(np.float64)) / weights
    # Imported here, since the service only reads maps, and starts the faster.
    from scipy.optimize import isotonic_regression

    fitted = isotonic_regression(shares, weights=weights)
    first = fitted.blocks[:-1]
    counts = np.add.reduceat(weights, first)
    centres = np.add.reduceat(values * weights, first) / counts
    highest = (len(scores) + 1) / (len(scores) + 2)
    chances = np.clip(fitted.x[first], 1 - highest, highest)
    return ProbabilityMap(tuple(centres.tolist()), tuple(chances.tolist()))
