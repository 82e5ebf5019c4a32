"""What is said over HTTP about thresholds that could decide: proposals, and other targets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from service.database.tables import Decision
from service.promise.schemas import GROUP, GroupName
from service.schemas import Read, StrictBody

Chance = Annotated[float, Field(gt=0, lt=1)]


class ActivateBody(StrictBody):
    accept_stops: Annotated[
        bool,
        Field(description="Also when it stops what is automated now, or promises nothing"),
    ] = False


class PreviewBody(StrictBody):
    target: Chance = Field(description="The precision to be promised")
    confidence: Chance
    group: Annotated[GroupName | None, Field(description="null: all queries")] = None


class CoverageRead(Read):
    """How much is to be expected to be answered without a person."""

    expected: float = Field(description="Share of queries whose best product reaches the threshold")
    low: float = Field(description="Of the interval of 95 % (Clopper-Pearson)")
    high: float
    queries: int = Field(description="Without labels, on which it was counted")


class CertifiedRead(Read):
    """What the labels say of one kind of automatic answer and one group."""

    decision: Decision
    group: str | None = Field(description=GROUP)
    threshold: float | None = Field(description="null: the labels do not suffice")
    calibration_labels: int
    accepted: int = Field(description="Labels that reach the threshold, or that of the failed test")
    errors: float = Field(description="Of these, those that were wrong")
    p_value: float | None
    labels_needed: int | None = Field(
        description="How many more labels it takes at least; null when it is promised, or when more"
        " labels alone would not help"
    )


class LabelsRead(Read):
    """What a proposal was certified on."""

    calibration: int = Field(description="Drawn from everything; valid for every threshold")
    audit: int = Field(description="Drawn from what was accepted; valid from that threshold on")
    left_out: dict[str, int] = Field(description="Verdicts on samples that are no label, by reason")


class ProposalRead(Read):
    """Thresholds that were certified anew; they decide once they are activated."""

    id: UUID
    bundle_id: str
    target_precision: float
    confidence: float
    promised: bool = Field(description="Whether any threshold could be certified")
    parts: list[CertifiedRead]
    labels: LabelsRead
    automation_coverage: CoverageRead
    created_at: datetime
    created_by: str
    activated_at: datetime | None
    activated_by: str | None


class ProposalsRead(Read):
    proposals: list[ProposalRead] = Field(description="Of the bundle that answers, newest first")


class PreviewGroupRead(Read):
    group: str
    threshold: float | None
    calibration_labels: int
    labels_needed: int | None


class PreviewRead(Read):
    """What another target would bring; nothing is changed by asking."""

    target_precision: float
    confidence: float
    group: str | None
    threshold: float | None = Field(
        description="null: the labels do not suffice. Without `group` it is that of all queries"
        " without a threshold of their own"
    )
    calibration_labels: int
    accepted: int
    errors: float
    labels_needed: int | None
    automation_coverage: CoverageRead
    groups: list[PreviewGroupRead] = Field(description="Those with a threshold of their own")
