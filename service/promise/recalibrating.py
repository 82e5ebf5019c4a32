"""People's labels to thresholds that are certified anew, proposed to an admin."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from sqlalchemy import Connection, select

from models.bundle.bundle import Bundle
from models.calibration.binomial import share_interval
from models.calibration.calibrator import certify
from models.calibration.no_match import certify_no_match
from models.calibration.preview import INTERVAL_CONFIDENCE
from models.calibration.record import CalibrationLabels, CalibrationRecord, Unlabelled
from models.calibration.streams import labels_of
from models.calibration.target import Target
from models.thresholds import Promise, accepted
from service.database.events import Event, record
from service.errors import NoCalibration, NoLabels
from service.promise.certified import Certified
from service.promise.effective import read_effective, thresholds_of
from service.promise.labels import GatheredLabels, gather_labels
from service.promise.proposals import Evidence, Proposal, insert_proposal
from service.promise.watches import EVENT_SUBJECT
from service.promise.watching import PromiseWatcher


def calibration_of(bundle: Bundle) -> CalibrationRecord:
    """Return what the bundle's promises were certified on. Raises NoCalibration without it."""
    if bundle.calibration is None:
        raise NoCalibration(
            f"bundle {bundle.bundle_id} does not keep what its promises were certified on; train it"
            " again with this release"
        )
    return bundle.calibration


def propose(
    connection: Connection, watcher: PromiseWatcher, bundle: Bundle, person: str
) -> Proposal:
    """Certify thresholds on the labels that people have given since the bundle answers.

    Method, groups, confidence and the scores that place the thresholds are the bundle's own. A
    proposal is stored also where nothing can be promised, and says so. Raises NoCalibration, and
    NoLabels where there is none.
    """
    kept = calibration_of(bundle)
    before = read_effective(connection, bundle, watcher.target_precision).certified
    gathered = gather_labels(connection, bundle, before.promise)
    if not gathered.labels:
        raise NoLabels
    now: datetime = connection.execute(select(watcher.clock())).scalar_one()
    calibrated_at = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    labels = labels_of(gathered.labels)
    target = Target(watcher.target_precision, kept.confidence)
    promise = certify(labels, kept.unlabelled, target, kept.settings, calibrated_at)
    no_match = _no_match(before, promise, gathered, labels, kept, calibrated_at)
    proposal = insert_proposal(
        connection,
        watcher.clock,
        watcher.new_id(),
        bundle.bundle_id,
        Certified(promise, no_match or before.no_match),
        _evidence(gathered, promise, kept.unlabelled, no_match=no_match is not None),
        person,
    )
    record(connection, watcher.clock, [_event(proposal, person)])
    return proposal


def _no_match(
    before: Certified,
    promise: Promise,
    gathered: GatheredLabels,
    labels: CalibrationLabels,
    kept: CalibrationRecord,
    calibrated_at: str,
) -> Promise | None:
    """Return the promise of "no match", None where there was none or no label can renew it."""
    if before.no_match is None or not gathered.calibration:
        return None
    heights = [one for one in thresholds_of(promise).values() if one is not None]
    target = Target(before.no_match.target_precision, before.no_match.confidence)
    return certify_no_match(
        labels,
        kept.unlabelled,
        target,
        kept.settings,
        calibrated_at,
        below=min(heights, default=None),
    )


def _evidence(
    gathered: GatheredLabels, promise: Promise, unlabelled: Unlabelled, *, no_match: bool
) -> Evidence:
    within = accepted(unlabelled.scores[:, np.newaxis], promise, unlabelled.groups)
    count, queries = int(np.count_nonzero(within)), len(unlabelled)
    return Evidence(
        calibration_labels=gathered.calibration,
        audit_labels=gathered.audits,
        left_out={reason.value: count for reason, count in gathered.left_out.items()},
        queries=queries,
        automation_coverage=count / queries if queries else 0.0,
        interval=share_interval(count, queries, INTERVAL_CONFIDENCE),
        no_match=no_match,
    )


def _event(proposal: Proposal, person: str) -> Event:
    evidence = proposal.evidence
    details = {
        "proposal_id": str(proposal.id),
        "target_precision": proposal.certified.promise.target_precision,
        "labels": evidence.calibration_labels + evidence.audit_labels,
        "automation_coverage": evidence.automation_coverage,
    }
    return Event(EVENT_SUBJECT, proposal.bundle_id, "proposed", person, details)
