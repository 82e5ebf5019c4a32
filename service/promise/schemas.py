"""What is said about the promise over HTTP, and what may be asked of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from service.database.tables import Decision
from service.promise.status import PromiseState
from service.schemas import Read, StrictBody, storable

MAX_LISTED = 200
MAX_TEXT = 2_000

GroupName = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(storable)]
GROUP = "null: all queries without a threshold of their own"


class RestoreBody(StrictBody):
    reason: Annotated[
        str,
        Field(max_length=MAX_TEXT, description="Why the certified thresholds hold again; kept"),
        AfterValidator(storable),
    ]
    group: Annotated[
        GroupName | None,
        Field(
            description="Only this group; '' is all queries without a threshold of their own, and"
            " null everything"
        ),
    ] = None


class LiveRead(Read):
    """What the audits of the threshold in force say so far."""

    audits: int
    errors: int
    unsure: int = Field(description="Verdicts that say neither; they are not used")
    precision: float | None = Field(
        description="Share of right answers, each weighted by 1 / its probability of being audited"
    )
    lower_bound: float = Field(
        description="The precision is at least this: with the confidence of"
        " ALC_PROMISE_CONFIDENCE it is so after every audit, however often one looks"
    )
    upper_bound: float = Field(description="It is at most this, in the same sense")
    evidence: float = Field(
        description="Against the promise; it is broken when this ever reaches"
        " 1 / ALC_PROMISE_FALSE_ALARM"
    )
    since: datetime = Field(description="When the threshold began to be watched")
    updated_at: datetime


class SamplesRead(Read):
    """Audits that the estimate does not have."""

    waiting: int = Field(description="Without a verdict yet")
    left_out: int = Field(
        description="Answered under another threshold or before the last change, or the same query"
        " as an audit that the estimate has"
    )


class PartRead(Read):
    """The promise of one kind of automatic answer and one group."""

    decision: Decision
    group: str | None = Field(description=GROUP)
    state: PromiseState
    target_precision: float
    confidence: float
    certified_threshold: float | None = Field(description="null: it could not be promised")
    threshold: float | None = Field(description="The one in force; null: nothing is automated")
    calibration_labels: int
    calibrated_at: str
    labels_needed: int | None
    live: LiveRead | None = Field(description="null before the first audit of this threshold")
    samples: SamplesRead


class OverrideRead(Read):
    """A threshold that was raised, or taken away, because audits spoke against it."""

    id: UUID
    decision: Decision
    group: str | None = Field(description=GROUP)
    target_precision: float
    threshold_before: float
    threshold: float | None = Field(description="null: nothing is automated")
    reason: str
    audits: int
    errors: int
    precision: float | None
    created_at: datetime


class PromiseStatusRead(Read):
    """How the promise of the bundle that answers stands."""

    bundle_id: str
    target_precision: float
    confidence: float
    state: PromiseState = Field(description="That of the part that stands worst")
    proposal_id: UUID | None = Field(
        description="Whose thresholds these are; null: they are the bundle's own"
    )
    parts: list[PartRead]
    overrides: list[OverrideRead] = Field(description="Those that nobody has restored yet")


class EstimateRead(Read):
    """What was known of a threshold after one audit."""

    at: datetime
    bundle_id: str
    decision: Decision
    group: str | None = Field(description=GROUP)
    target_precision: float
    threshold: float
    audits: int
    errors: int
    precision: float | None
    lower_bound: float
    upper_bound: float
    evidence: float


class EstimatePageRead(Read):
    estimates: list[EstimateRead] = Field(description="Newest first")
    next_cursor: str | None = Field(description="null behind the oldest")


class ChangeRead(Read):
    at: datetime
    bundle_id: str
    kind: str = Field(examples=["breached", "restored", "proposed", "activated"])
    actor: str
    details: dict[str, Any]


class ChangePageRead(Read):
    changes: list[ChangeRead] = Field(description="Newest first")
    next_cursor: str | None = Field(description="null behind the oldest")


class RestoredPartRead(Read):
    decision: Decision
    group: str | None = Field(description=GROUP)
    threshold: float | None = Field(description="The one in force from now on")


class RestoredRead(Read):
    restored: list[RestoredPartRead]
