"""A watch over one promise: audited automatic answers in, an alarm and an honest estimate out.

    state = new_watch(settings)
    state = observe(state, Audit(correct=True, inclusion_probability=0.05), settings)
    estimate(state, settings).alarm

Each may be asked after every audit, for ever, without weakening what it promises (docs/method.md,
Watching a promise). Audits are observed in the order in which their verdicts come.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from models.errors import ConfigurationError, DataError
from models.monitoring import alarm, bounds
from models.monitoring.settings import WatchSettings
from models.monitoring.state import WatchState
from models.monitoring.weights import weight_steps, weights_of

__all__ = ["Audit", "Estimate", "WatchSettings", "WatchState", "estimate", "new_watch", "observe"]

_LARGEST_LOG = 700.0  # above it, evidence has no finite number and is shown as e^700


@dataclass(frozen=True, slots=True)
class Audit:
    """One audited automatic answer whose verdict is known; `unsure` is no verdict."""

    correct: bool
    inclusion_probability: float
    """With which this answer was chosen to be audited, in (0, 1]."""

    def __post_init__(self) -> None:
        """Raise DataError for a verdict or a probability that cannot be counted."""
        if self.correct not in (True, False):
            raise DataError(f"correct must be true or false, not {self.correct}")
        if not 0 < self.inclusion_probability <= 1:
            raise DataError(
                "inclusion_probability must be above 0 and at most 1, "
                f"not {self.inclusion_probability}"
            )


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the audits so far say about the precision of automatic answers."""

    audits: int
    errors: int
    precision: float | None
    """Share of right answers, weighted by 1 / inclusion probability (Hajek 1971); None at first."""
    lower_bound: float
    """What the precision is at least: at all times at once, with the confidence of the settings."""
    upper_bound: float
    """What it is at most, in the same sense: each of the two has that confidence of its own."""
    evidence: float
    """Against "precision >= target", as it stands now: its mean is at most 1 while that is true."""
    alarm: bool
    """Whether the evidence has ever reached 1 / false_alarm."""


def new_watch(settings: WatchSettings) -> WatchState:
    """Return the state before the first audit."""
    return WatchState(
        target_precision=settings.target_precision,
        audits=0,
        errors=0,
        represented=0.0,
        represented_errors=0.0,
        least_inclusion=1.0,
        tally=(),
        log_wealth=tuple(alarm.first_wealth().tolist()),
        highest_log_evidence=0.0,
    )


def observe(state: WatchState, audit: Audit, settings: WatchSettings) -> WatchState:
    """Return the state after one more audit.

    Raise ConfigurationError when the watch was begun for another target.
    """
    _check_target(state, settings)
    audits, wrong = state.audits + 1, not audit.correct
    least = min(state.least_inclusion, audit.inclusion_probability)
    step = int(weight_steps(audit.inclusion_probability, least))
    before = np.array(state.log_wealth)
    wealth = alarm.next_wealth(before, audits, settings.error_rate, weights_of(step), wrong)
    represented = 1 / audit.inclusion_probability
    return replace(
        state,
        audits=audits,
        errors=state.errors + wrong,
        represented=state.represented + represented,
        represented_errors=state.represented_errors + represented * wrong,
        least_inclusion=least,
        tally=bounds.add(state.tally, step, correct=bool(audit.correct)),
        log_wealth=tuple(wealth.tolist()),
        highest_log_evidence=max(
            state.highest_log_evidence, float(alarm.log_evidence(wealth, audits))
        ),
    )


def estimate(state: WatchState, settings: WatchSettings) -> Estimate:
    """Return what the audits say. Raise ConfigurationError for a watch of another target."""
    _check_target(state, settings)
    now = float(alarm.log_evidence(np.array(state.log_wealth), state.audits))
    return Estimate(
        audits=state.audits,
        errors=state.errors,
        precision=1 - state.represented_errors / state.represented if state.audits else None,
        lower_bound=bounds.lower_bound(state.tally, settings.confidence),
        upper_bound=bounds.upper_bound(state.tally, settings.confidence),
        evidence=math.exp(min(now, _LARGEST_LOG)),
        alarm=state.highest_log_evidence >= -math.log(settings.false_alarm),
    )


def _check_target(state: WatchState, settings: WatchSettings) -> None:
    if state.target_precision != settings.target_precision:
        raise ConfigurationError(
            f"this watch was begun for target_precision {state.target_precision}, not "
            f"{settings.target_precision}: begin a new one"
        )
