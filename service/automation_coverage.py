"""The number that decides the cost, over a moving window."""

from __future__ import annotations

import threading
from collections import deque
from math import nan


class AutomationCoverage:
    """Share of the model's last decisions that were accepted without a person."""

    def __init__(self, window: int) -> None:
        self._lock = threading.Lock()
        self._accepted = 0
        self._last: deque[bool] = deque(maxlen=window)

    def add(self, *, accepted: bool) -> None:
        with self._lock:
            if len(self._last) == self._last.maxlen:
                self._accepted -= self._last[0]
            self._last.append(accepted)
            self._accepted += accepted

    def ratio(self) -> float:
        """Return the share, NaN before the first decision."""
        with self._lock:
            return self._accepted / len(self._last) if self._last else nan
