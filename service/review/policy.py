"""What is settled when a task is opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import SystemRandom

from service.audit.sampling import Lot
from service.review.opinions import TWO


@dataclass(frozen=True, slots=True)
class Opening:
    """How many opinions a task wants, drawn by lot, and after which time it is closed unanswered.

    `second_opinion_share` is the share of tasks that want two opinions; without a `lifetime` tasks
    wait for ever.
    """

    second_opinion_share: float = 0.0
    lifetime: timedelta | None = None
    lot: Lot = SystemRandom().random

    def opinions_wanted(self) -> int:
        """Draw how many opinions a task wants."""
        share = self.second_opinion_share
        return TWO if share > 0 and self.lot() < share else 1


PLAIN = Opening()
