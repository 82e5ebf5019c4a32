"""Holm's procedure: certifies thresholds in any order, at a price for their number.

The alternative to `fixed_sequence` for callers who cannot say beforehand where to start: it is
valid for any grid that the labels did not choose, and needs no order. It is wasteful, since
neighbouring thresholds are strongly dependent (docs/method.md, Holm's procedure, has by how much).
"""

from __future__ import annotations

from dataclasses import replace

from models.calibration.evidence import Evidence, Trial
from models.calibration.finding import Finding, certified
from models.calibration.grid import GridSettings, Start, threshold_grid
from models.calibration.needed import labels_needed
from models.calibration.reach import Reach, reach_of
from models.calibration.scores import Scores
from models.calibration.target import Target


def holm_procedure(
    evidence: Evidence, unlabelled: Scores, target: Target, settings: GridSettings
) -> Finding:
    """Return the thresholds that Holm's procedure certifies, on a grid of even steps of coverage.

    The grid has `holm_thresholds` steps, from one of them to everything. When nothing passes, the
    trial that came closest is shown.
    """
    count = settings.holm_thresholds
    trials = evidence.trials(threshold_grid(unlabelled, 1 / count, count), target)
    passed = holm(trials, target.risk)
    if passed:
        return certified(passed)
    reach = reach_of(evidence.valid_from, unlabelled)
    return _refused(evidence, unlabelled, target, reach, trials)


def holm(trials: list[Trial], risk: float) -> list[Trial]:
    """Return the rejected hypotheses: step down from the smallest p-value (Holm 1979).

    Their p-values are adjusted, to compare with the whole risk.
    """
    rejected: list[Trial] = []
    highest = 0.0
    for rank, trial in enumerate(sorted(trials, key=_p_value)):
        highest = max(highest, trial.p_value * (len(trials) - rank))
        if highest > risk:
            break
        rejected.append(replace(trial, p_value=highest))
    return rejected


def _refused(
    evidence: Evidence, unlabelled: Scores, target: Target, reach: Reach, trials: list[Trial]
) -> Finding:
    """Nothing passes before the smallest p-value reaches risk / number of tests."""
    strict = Target(target.precision, 1 - target.risk / len(trials))
    everything = Start(reach.widest, strict.risk, strict.zero_error_minimum)
    needed = labels_needed(evidence, unlabelled, strict, reach, everything)
    closest = min(trials, key=_p_value)
    adjusted = replace(closest, p_value=min(1.0, closest.p_value * len(trials)))
    return Finding((), adjusted, needed)


def _p_value(trial: Trial) -> float:
    return trial.p_value
