"""What was decided about a query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from service.database.tables import Decision
from service.review.tasks import Candidate, VerifiedAnswer


@dataclass(frozen=True, slots=True)
class NamedProduct:
    """A product that a person named and the model did not propose, so it has no score."""

    product_id: str
    title: str
    score: None = None
    rank: None = None
    probability: None = None
    reasons: None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer to one query; the ids are None where nothing was recorded."""

    decision: Decision
    auto_accepted: Sequence[Candidate | NamedProduct]
    manual_review: Sequence[Candidate]
    verdict: VerifiedAnswer | None = None
    decision_id: UUID | None = None
    review_task_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Degraded:
    """What the answer lacks, for machines and for people."""

    reason: str
    detail: str


NOT_RECORDED = Degraded(
    "decisions_not_recorded",
    "The database is away: these decisions are not recorded, and people's verdicts on the same"
    " queries were not looked up.",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answers to one request, in the order of its queries."""

    decided: Sequence[Decided]
    degraded: Degraded | None = None
