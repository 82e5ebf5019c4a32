"""Labelled calibration scores, and how many of them a threshold accepts, rightly and wrongly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.calibration.binomial import p_value
from models.calibration.scores import Flags, Scores, check_finite
from models.calibration.target import Target
from models.errors import DataError
from models.thresholds import Promise, reaches


@dataclass(frozen=True, slots=True)
class Trial:
    """One threshold against the calibration labels."""

    threshold: float
    accepted: int
    errors: int
    p_value: float


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One decision per calibration query: the score of its best product, and whether it is right.

    Both have shape (labels,). The lower candidates of a query must not be added: they are not
    exchangeable with the best one, and the bound would be too tight (docs/method.md, What a promise
    covers).
    """

    scores: Scores
    correct: Flags

    def __post_init__(self) -> None:
        """Raise DataError when the two do not fit, or a score is not a number."""
        if self.scores.ndim != 1 or self.scores.shape != self.correct.shape:
            raise DataError(
                f"calibration needs one score and one verdict per query, not {self.scores.shape} "
                f"scores and {self.correct.shape} verdicts"
            )
        check_finite(self.scores, "calibration")

    def __len__(self) -> int:
        """Return the number of labels."""
        return len(self.scores)

    def trial(self, threshold: float, target: Target) -> Trial:
        """Return the exact binomial test of "precision < target" at this threshold."""
        within = reaches(self.scores, threshold)
        accepted = int(np.count_nonzero(within))
        errors = int(np.count_nonzero(within & ~self.correct))
        return Trial(threshold, accepted, errors, p_value(errors, accepted, target.precision))

    def kept(self, trial: Trial, target: Target, calibrated_at: str) -> Promise:
        """Return the promise that a passed trial allows."""
        return self._promise(trial, target, calibrated_at, trial.threshold, None)

    def refused(
        self, trial: Trial, target: Target, calibrated_at: str, labels_needed: int | None
    ) -> Promise:
        """Return "cannot promise", with the counts of the trial that came closest."""
        return self._promise(trial, target, calibrated_at, None, labels_needed)

    def _promise(
        self,
        trial: Trial,
        target: Target,
        calibrated_at: str,
        threshold: float | None,
        labels_needed: int | None,
    ) -> Promise:
        return Promise(
            target_precision=target.precision,
            confidence=target.confidence,
            threshold=threshold,
            calibration_labels=len(self),
            accepted=trial.accepted,
            errors=trial.errors,
            p_value=trial.p_value,
            labels_needed=labels_needed,
            calibrated_at=calibrated_at,
        )
