"""What MAPIE's risk monitoring says of the same audits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from mapie.exchangeability_testing import RiskMonitoring

Floats = npt.NDArray[np.float64]


def error_rate_at_least(wrong: npt.NDArray[np.bool_], error_rate: float, risk: float) -> Floats:
    """Return MAPIE's lower bound of the error rate after each audit, at the whole of the risk.

    Half of its `test_level` is for the estimate of a threshold; with a threshold given, it is
    spent on nothing, so that MAPIE is told twice the risk.
    """
    monitor = RiskMonitoring("precision", test_level=2 * risk, threshold=error_rate, warn=False)
    monitor.update((~wrong).astype(int), np.ones(len(wrong), dtype=int))
    return np.asarray(monitor.online_risk_lower_bound_sequence_history)


def alarm(wrong: npt.NDArray[np.bool_], error_rate: float, risk: float) -> int:
    """Return the number of audits at its alarm, one more than there are if there is none."""
    reached = error_rate_at_least(wrong, error_rate, risk) > error_rate
    return int(reached.argmax() if reached.any() else len(wrong)) + 1
