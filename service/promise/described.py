"""From what is known of a promise to what is said of it over HTTP."""

from __future__ import annotations

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
