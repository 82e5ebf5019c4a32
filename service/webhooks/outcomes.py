"""What an attempt at a delivery comes to, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from service.webhooks.deliveries import Outcome

DELIVERED = "delivered"
REFUSED = "refused"  # any other status than 2xx
GONE = "gone"  # 410: the receiver wants nothing any more
TIMEOUT = "timeout"
UNREACHABLE = "unreachable"
FORBIDDEN = "forbidden"  # an address to which the settings let nothing go
OUTCOMES = (DELIVERED, REFUSED, GONE, TIMEOUT, UNREACHABLE, FORBIDDEN)

FACTOR = 4  # between one wait and the next
LEAST_SHARE = 0.5  # of a wait; where exactly it ends is a lot


def of_status(status: int, retry_after: str | None, now: datetime) -> Outcome:
    """Return what an answer means. Redirects are refusals: nothing is sent elsewhere."""
    if HTTPStatus(200) <= status < HTTPStatus(300):
        return Outcome(DELIVERED, status)
    name = GONE if status == HTTPStatus.GONE else REFUSED
    wait = retry_after_seconds(retry_after, now)
    return Outcome(name, status, f"the receiver answered {status}", wait)


def retry_after_seconds(header: str | None, now: datetime) -> float:
    """Return how long a receiver wants to be left alone: seconds or a date, 0 for anything else."""
    if header is None:
        return 0.0
    if header.strip().isascii() and header.strip().isdigit():
        return float(header)
    try:
        until = parsedate_to_datetime(header)
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):  # no date, or one without an offset
        return 0.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long a delivery waits after an attempt that failed, and after which one it is dead.

    `lot` is uniform in [0, 1): receivers that were down are not met by everything at once.
    """

    attempts: int
    first_seconds: float
    max_seconds: float
    lot: Callable[[], float]

    def is_last(self, number: int) -> bool:
        return number >= self.attempts

    def wait(self, number: int, outcome: Outcome) -> float:
        """Return the seconds until the attempt after this one, the first being number 1."""
        # The power is limited, since no number of attempts may overflow a float.
        growth = float(FACTOR ** min(number - 1, 20))
        longest = min(self.first_seconds * growth, self.max_seconds)
        jittered = longest * (LEAST_SHARE + (1 - LEAST_SHARE) * self.lot())
        return max(jittered, min(outcome.retry_after_seconds, self.max_seconds))
