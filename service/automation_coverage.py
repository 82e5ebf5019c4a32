"""The number that decides the cost, over a moving window."""

from __future__ import annotations

import threading
from collections import deque
from math import nan


class AutomationCoverage:
    """Share of the model's last decisions that needed no person."""

    def __init__(self, window: int) -> None:
        self._lock = threading.Lock()
        self._automatic = 0
        self._last: deque[bool] = deque(maxlen=window)

    def add(self, *, automatic: bool) -> None:
        with self._lock:
            if len(self._last) == self._last.maxlen:
                self._automatic -= self._last[0]
            self._last.append(automatic)
            self._automatic += automatic

    def ratio(self) -> float:
        """Return the share, NaN before the first decision."""
        with self._lock:
            return self._automatic / len(self._last) if self._last else nan
