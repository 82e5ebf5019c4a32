"""Fixed-sequence testing with several starts: the widest threshold that can be promised.

Learn then Test (Angelopoulos et al., arXiv:2110.01052; docs/method.md, Fixed sequence): the
thresholds are put in order without the labels, and tested one after the other until one fails. For
a promise to be wrong, the first untrue hypothesis on the way must have been rejected, which happens
with probability at most the risk.

The fallback procedure (Wiens & Dmitrienko, J. Biopharm. Stat. 2005) lets the sequence start anew
after a failure: each start has a share of the risk, and what passed before it hands its own on.
Between two failures, the risks of the starts add up; so over all hypotheses that are true, the
chances to reject one add up to at most the whole risk.
"""

from __future__ import annotations

from dataclasses import replace

from models.calibration.evidence import Evidence, Trial
from models.calibration.finding import Finding, certified
from models.calibration.grid import GridSettings, Start, Step, starts, steps, threshold_at
from models.calibration.needed import labels_needed
from models.calibration.reach import Reach, reach_of
from models.calibration.scores import Scores
from models.calibration.target import Target


def fixed_sequence(
    evidence: Evidence, unlabelled: Scores, target: Target, settings: GridSettings
) -> Finding:
    """Return the thresholds that are certified from one of the starts on.

    `unlabelled` are scores of other queries (see `grid`). When nothing passes, the trial of the
    start with the highest risk is shown, the one that should have.
    """
    reach = reach_of(evidence.valid_from, unlabelled)
    found = starts(target, reach, settings)
    sequence = steps(unlabelled, found, reach.widest, settings.thresholds)
    trials = evidence.trials([step.threshold for step in sequence], target)
    passed = fallback(trials, sequence, target.risk)
    return certified(passed) if passed else _refused(evidence, unlabelled, target, reach, found)


def fallback(trials: list[Trial], sequence: list[Step], risk: float) -> list[Trial]:
    """Return the trials that pass, with p-values that compare with the whole risk."""
    passed = []
    carried = 0.0
    for trial, step in zip(trials, sequence, strict=True):
        level = carried + step.risk
        passes = level > 0 and trial.p_value <= level
        if passes:
            passed.append(_adjusted(trial, level, risk))
        carried = level if passes else 0.0
    return passed


def _refused(
    evidence: Evidence, unlabelled: Scores, target: Target, reach: Reach, found: list[Start]
) -> Finding:
    main = max(found, key=lambda start: start.risk)
    strict = Target(target.precision, 1 - main.risk)
    trial = evidence.trial(threshold_at(unlabelled, main.coverage), strict)
    needed = labels_needed(evidence, unlabelled, strict, reach, main)
    return Finding((), _adjusted(trial, main.risk, target.risk), needed)


def _adjusted(trial: Trial, level: float, risk: float) -> Trial:
    return replace(trial, p_value=min(1.0, trial.p_value * risk / level))
