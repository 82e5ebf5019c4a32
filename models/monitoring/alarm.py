"""The evidence against "every automatic answer is right with the promised probability".

An e-process: while the promise holds its mean is at most 1, and so the share of deployments in
which it *ever* reaches 1 / false_alarm is at most false_alarm (Ville 1939; Ramdas et al. 2023,
arXiv:2210.01948). It is the wealth of a gambler who divides one unit over the bets of `ODDS` and
over all audits at which betting may start, so that a long good past does not delay the alarm: what
was set aside for later starts has lost nothing (a mixture over change points, as in the e-detectors
of Shin, Ramdas & Rinaldo, arXiv:2203.03532, weighted so that the guarantee is one over the whole
life and not of an average run length).

Per bet, with w(k) what starts at audit k, and f(t) the factor of audit t (`bets`):

    S(0) = w(1),   S(t) = f(t) S(t-1) + w(t+1),   evidence = mean of S(t) over bets + R(t+1)

R(t) = 1 / (1 + ln(1 + t / 100)) is what has not started by audit t, and w(t) = R(t-1) - R(t).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from models.monitoring.bets import Floats, log_growth

ODDS = np.array([1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0])
"""From a precision that fell from 0.95 to 0.94, to one that fell to 0.16. The large ones are also
for audits of small weight, in which less is staked."""

UNHURRIED = 100
"""Starts are likeliest among about so many first audits, then ever rarer, as 1 / (t log(t)^2).
Between 30 and 300 it moves an alarm by less than 50 audits in either direction."""


def first_wealth() -> Floats:
    """Return log S(0), of shape (bets,)."""
    return np.full(len(ODDS), math.log(_starting(1)))


def next_wealth(
    log_wealth: Floats, audits: int, error_rate: float, weight: Floats | float, wrong: npt.ArrayLike
) -> Floats:
    """Return log S(t) after audit t = `audits`, given log S(t-1) of shape (..., bets).

    `weight` and `wrong` are numbers or of shape (..., 1).
    """
    grown = log_wealth + log_growth(ODDS, error_rate, weight, wrong)
    return np.logaddexp(grown, math.log(_starting(audits + 1)))


def log_evidence(log_wealth: Floats, audits: int) -> Floats:
    """Return the log of the evidence after so many audits, of the shape (...) of the wealth."""
    highest = log_wealth.max(axis=-1, keepdims=True)
    started = np.log(np.exp(log_wealth - highest).mean(axis=-1)) + highest[..., 0]
    return np.asarray(np.logaddexp(started, math.log(_waiting(audits + 1))), dtype=np.float64)


def _waiting(audit: int) -> float:
    return 1 / (1 + math.log1p(audit / UNHURRIED))


def _starting(audit: int) -> float:
    return _waiting(audit - 1) - _waiting(audit)
