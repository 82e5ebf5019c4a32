"""What a watch is about, and what it has seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.monitoring.watch import WatchState
from service.database.tables import Answer, Decision

EVENT_SUBJECT = "promise"  # of all events about promises; their subject id is the bundle

BREACH, RESTORED, RECALIBRATED, REPLACED = "breach", "restored", "recalibrated", "replaced"
"""Why a watch ends; "replaced": another threshold came into force without one of the others, as
with another target precision or an override that was made for it."""


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """Whose promise is watched; `group_name` is '' for all queries without a group of their own."""

    bundle_id: str
    target_precision: float
    decision: Decision
    group_name: str


@dataclass(frozen=True, slots=True)
class Watch:
    """The audits of one threshold so far; `unsure` ones are counted and not used."""

    id: UUID
    subject: Subject
    threshold: float
    state: WatchState
    unsure: int
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditSample:
    """An automatic answer that was drawn to be audited, as it was given."""

    id: UUID
    subject: Subject
    inclusion_probability: float
    product_id: str | None
    threshold: float
    drawn_at: datetime


@dataclass(frozen=True, slots=True)
class SampleVerdict:
    """A sample with what a person said about its query."""

    sample: AuditSample
    answer: Answer
    product_ids: tuple[str, ...]


def was_right(audit: SampleVerdict) -> bool | None:
    """Return whether the answer was right; None where the person was unsure.

    A named product is right when it is among those that the person accepted, "no match" when the
    person found none.
    """
    if audit.answer is Answer.UNSURE:
        return None
    if audit.sample.subject.decision is Decision.NO_MATCH:
        return audit.answer is Answer.NONE
    return audit.sample.product_id in audit.product_ids
