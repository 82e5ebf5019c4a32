"""From what is known of a promise to what is said of it over HTTP."""

from __future__ import annotations

from models.calibration.preview import Preview
from models.thresholds import Promise
from service.database.tables import Decision
from service.promise.activating import promises_nothing
from service.promise.proposals import Proposal
from service.promise.renewal_schemas import (
    CertifiedRead,
    CoverageRead,
    LabelsRead,
    PreviewGroupRead,
    PreviewRead,
    ProposalRead,
)
from service.promise.schemas import (
    LiveRead,
    OverrideRead,
    PartRead,
    PromiseStatusRead,
    SamplesRead,
)
from service.promise.status import Part, Status


def describe_status(status: Status) -> PromiseStatusRead:
    return PromiseStatusRead(
        bundle_id=status.bundle_id,
        target_precision=status.promise.target_precision,
        confidence=status.promise.confidence,
        state=status.state,
        proposal_id=status.proposal_id,
        parts=[describe_part(part) for part in status.parts],
        overrides=[OverrideRead.model_validate(one) for one in status.overrides],
    )


def describe_part(part: Part) -> PartRead:
    certified = part.certified
    return PartRead(
        decision=part.decision,
        group=part.group,
        state=part.state,
        target_precision=certified.target_precision,
        confidence=certified.confidence,
        certified_threshold=certified.threshold,
        threshold=part.threshold,
        calibration_labels=certified.calibration_labels,
        calibrated_at=certified.calibrated_at,
        labels_needed=certified.labels_needed,
        live=None if part.live is None else LiveRead.model_validate(part.live),
        samples=SamplesRead.model_validate(part.samples),
    )


def describe_proposal(proposal: Proposal) -> ProposalRead:
    promise, evidence = proposal.certified.promise, proposal.evidence
    low, high = evidence.interval
    return ProposalRead(
        id=proposal.id,
        bundle_id=proposal.bundle_id,
        target_precision=promise.target_precision,
        confidence=promise.confidence,
        promised=not promises_nothing(proposal),
        parts=[_certified(decision, part) for decision, part in proposal.promises],
        labels=LabelsRead(
            calibration=evidence.calibration_labels,
            audit=evidence.audit_labels,
            left_out=dict(evidence.left_out),
        ),
        automation_coverage=CoverageRead(
            expected=evidence.automation_coverage, low=low, high=high, queries=evidence.queries
        ),
        created_at=proposal.created_at,
        created_by=proposal.created_by,
        activated_at=proposal.activated_at,
        activated_by=proposal.activated_by,
    )


def describe_preview(found: Preview, group: str | None) -> PreviewRead:
    promise = found.promise
    low, high = found.interval
    return PreviewRead(
        target_precision=promise.target_precision,
        confidence=promise.confidence,
        group=group,
        threshold=promise.threshold,
        calibration_labels=promise.calibration_labels,
        accepted=promise.accepted,
        errors=promise.errors,
        labels_needed=promise.labels_needed,
        automation_coverage=CoverageRead(
            expected=found.automation_coverage, low=low, high=high, queries=found.queries
        ),
        groups=[
            PreviewGroupRead(
                group=one.group or "",
                threshold=one.threshold,
                calibration_labels=one.calibration_labels,
                labels_needed=one.labels_needed,
            )
            for one in promise.groups
        ],
    )


def _certified(decision: Decision, part: Promise) -> CertifiedRead:
    return CertifiedRead(
        decision=decision,
        group=part.group,
        threshold=part.threshold,
        calibration_labels=part.calibration_labels,
        accepted=part.accepted,
        errors=part.errors,
        p_value=part.p_value,
        labels_needed=part.labels_needed,
    )
