"""How fast a run is, and how long it will still take."""

from __future__ import annotations

from collections import deque

STEPS = 50


class Pace:
    """Speed over the last steps. Times are the caller's, in seconds from any start."""

    def __init__(self, now: float, done: int) -> None:
        self._known = deque([(now, done)], maxlen=STEPS + 1)

    def tell(self, now: float, done: int) -> None:
        """Take in how much is done by now."""
        self._known.append((now, done))

    @property
    def per_second(self) -> float | None:
        """Return the speed, or None before it is known."""
        (start, before), (now, done) = self._known[0], self._known[-1]
        return (done - before) / (now - start) if now > start else None

    def seconds_left(self, total: int) -> float | None:
        """Return the time until all is done at this speed, or None before that is known."""
        speed = self.per_second
        return (total - self._known[-1][1]) / speed if speed else None
