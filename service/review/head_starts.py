"""How early a task is due: what lets one be claimed before others that were made at the same time.

Waiting raises every task alike, so whatever the head starts are, no task waits for ever.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from models.decider.attributes import log_amount

LOG_OF_TEN = math.log(10)


@dataclass(frozen=True, slots=True)
class HeadStarts:
    """Hours that a task is due before it was made, for each reason; they add up.

    `priority_hours` is for each step of the caller's priority. `value_hours` is for each factor of
    ten in the query's attribute `value_attribute`, None being no attribute. `near_hours` is for a
    query whose best candidate is at most `near_band` below the threshold: such tasks are the
    quickest to confirm. `audit_hours` is all that a task has that nobody waits for.
    """

    priority_hours: float
    value_attribute: str | None
    value_hours: float
    near_band: float
    near_hours: float
    audit_hours: float

    def waiting(
        self, priority: int, attributes: Mapping[str, str], below_threshold: float | None
    ) -> timedelta:
        """Return the head start of a query that waits for a person.

        `below_threshold` is how much its best candidate lacks, None without a candidate or a
        threshold; where it lacks nothing, a person has said no to it before.
        """
        near = below_threshold is not None and 0 < below_threshold <= self.near_band
        hours = priority * self.priority_hours
        hours += self._magnitude(attributes) * self.value_hours
        hours += self.near_hours if near else 0.0
        return timedelta(hours=hours)

    def audit(self) -> timedelta:
        """Return the head start of an answer that was drawn to be checked.

        It is the same for all of them: so they are checked in the order in which they were drawn,
        and those that were checked so far stand for all, not for the dear or the urgent ones.
        """
        return timedelta(hours=self.audit_hours)

    def _magnitude(self, attributes: Mapping[str, str]) -> float:
        """Return the decimal logarithm of the value, 0 for what is no amount above 1."""
        written = attributes.get(self.value_attribute, "") if self.value_attribute else ""
        logarithm = log_amount(written) / LOG_OF_TEN
        return 0.0 if math.isnan(logarithm) else max(logarithm, 0.0)
