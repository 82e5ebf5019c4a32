"""What a method of testing found, before it is a promise."""

from __future__ import annotations

from dataclasses import dataclass

from models.calibration.evidence import Trial


@dataclass(frozen=True, slots=True)
class Finding:
    """The thresholds that were certified, all of them at once, and the trial that is shown.

    `shown` is the lowest certified one or, where there is none, one that failed; then
    `labels_needed` are the least further labels that could change that, None when the precision is
    too low. P-values compare with the whole risk.
    """

    certified: tuple[Trial, ...]
    shown: Trial
    labels_needed: int | None = None


def certified(trials: list[Trial]) -> Finding:
    """Return the finding of these passed trials, at least one."""
    return Finding(tuple(trials), min(trials, key=lambda trial: trial.threshold))
