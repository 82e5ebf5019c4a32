from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.calibration.binomial import p_value
from models.calibration.settings import GroupSettings
from service.database.engine import transaction
from service.database.tables import Answer, Decision, Stream
from service.errors import NoCalibration, NoLabels
from service.promise.proposals import Proposal, list_proposals
from service.promise.recalibrating import propose
from tests.service.promise.audits import Deployment
from tests.service.promise.labelled import Labelled, add, right_or_wrong, traffic
from tests.service.promise.promises import ORDINARY, TARGET, bundle_of, promise_of
from tests.small_bundle import small_promise, small_record

RECORD = small_record(2000)
GROUPED = small_record(2000, groups=GroupSettings(fewest_multiple=1.0))


@pytest.fixture
def deployment(deployment: Deployment) -> Deployment:
    """Its bundle keeps a calibration, and has no groups."""
    deployment.bundle = replace(bundle_of(small_promise(TARGET, 0.9)), calibration=RECORD)
    return deployment


def labelled(deployment: Deployment, labels: list[Labelled]) -> None:
    add(deployment.engine, deployment.clock, deployment.bundle.bundle_id, labels)


def proposed(deployment: Deployment) -> Proposal:
    deployment.clock.advance(1)
    with transaction(deployment.engine) as connection:
        return propose(connection, deployment.watcher, deployment.bundle, "eve")


def test_thresholds_are_certified_on_the_labels_of_people(deployment: Deployment) -> None:
    labels = traffic(1500, stream=Stream.CALIBRATION)
    labelled(deployment, labels)
    promise = proposed(deployment).certified.promise
    assert promise.threshold is not None
    within = [one for one in labels if (one.deciding or 0) >= promise.threshold]
    errors = sum(one.product_ids != ("p1",) for one in within)
    assert (promise.calibration_labels, promise.accepted, promise.errors) == (
        1500,
        len(within),
        errors,
    )
    assert p_value(errors, len(within), TARGET) <= 0.1
    assert promise.threshold in np.round(RECORD.unlabelled.scores.astype(np.float64), 6)
    assert promise.confidence == RECORD.confidence


def test_a_proposal_is_stored_with_its_evidence_and_decides_nothing(
    deployment: Deployment,
) -> None:
    labelled(deployment, traffic(1500, stream=Stream.CALIBRATION))
    labelled(deployment, traffic(200, stream=Stream.AUDIT, threshold=0.9, seed=1))
    labelled(deployment, [Labelled(answer=Answer.UNSURE)])
    before = deployment.effective()
    proposal = proposed(deployment)
    evidence = proposal.evidence
    assert (evidence.calibration_labels, evidence.audit_labels) == (1500, 200)
    assert evidence.left_out == {"unsure": 1}
    threshold = proposal.certified.promise.threshold
    assert threshold is not None
    share = float((RECORD.unlabelled.scores >= np.float32(threshold)).mean())
    assert evidence.automation_coverage == pytest.approx(share)
    low, high = evidence.interval
    assert low < share < high
    assert evidence.queries == 4000
    with transaction(deployment.engine) as connection:
        assert list_proposals(connection, deployment.bundle.bundle_id, 10) == [proposal]
    assert (proposal.created_by, proposal.activated_at) == ("eve", None)
    assert deployment.effective() == before


def test_a_proposal_leaves_an_event(deployment: Deployment) -> None:
    labelled(deployment, traffic(600, stream=Stream.CALIBRATION))
    proposal = proposed(deployment)
    (event,) = deployment.events()
    assert (event.kind, event.actor, event.details["labels"]) == ("proposed", "eve", 600)
    assert event.details["proposal_id"] == str(proposal.id)


def test_it_was_calibrated_when_it_was_proposed(deployment: Deployment) -> None:
    labelled(deployment, traffic(100, stream=Stream.CALIBRATION))
    proposal = proposed(deployment)
    assert proposal.certified.promise.calibrated_at == f"{deployment.clock.now:%Y-%m-%dT%H:%M:%SZ}"
    assert proposal.created_at == deployment.clock.now


def test_audits_alone_certify_nothing_below_what_was_served(deployment: Deployment) -> None:
    labelled(deployment, traffic(2000, stream=Stream.AUDIT, threshold=0.9))
    threshold = proposed(deployment).certified.promise.threshold
    assert threshold is not None
    assert threshold >= 0.9


def test_audits_help_above_what_was_served(deployment: Deployment) -> None:
    labelled(deployment, traffic(60, stream=Stream.CALIBRATION))
    assert proposed(deployment).certified.promise.threshold is None
    labelled(deployment, traffic(600, stream=Stream.AUDIT, threshold=0.85, seed=1))
    assert proposed(deployment).certified.promise.threshold is not None


def test_what_cannot_be_promised_is_stored_and_says_so(deployment: Deployment) -> None:
    labelled(deployment, [right_or_wrong(True, deciding=0.95) for _ in range(20)])
    proposal = proposed(deployment)
    promise = proposal.certified.promise
    assert (promise.threshold, promise.calibration_labels) == (None, 20)
    assert promise.labels_needed is not None
    assert proposal.evidence.automation_coverage == 0


def test_the_bundle_s_own_groups_get_thresholds_of_their_own(deployment: Deployment) -> None:
    promise = promise_of(TARGET, 0.9, phones=0.9, cameras=0.9)
    deployment.bundle = replace(bundle_of(promise), calibration=GROUPED)
    for seed, group in enumerate(("phones", "cameras")):
        labels = traffic(1500, stream=Stream.CALIBRATION, seed=seed, group=group)
        labelled(deployment, labels)
    found = proposed(deployment).certified.promise
    assert {one.group: one.calibration_labels for one in found.groups} == {
        "phones": 1500,
        "cameras": 1500,
    }
    assert found.grouping == GROUPED.grouping


def test_no_match_is_certified_anew_where_it_was_promised(deployment: Deployment) -> None:
    no_match = small_promise(0.9, 0.1)
    deployment.bundle = replace(
        bundle_of(small_promise(TARGET, 0.9), no_match=no_match), calibration=RECORD
    )
    labelled(deployment, _none_below(0.4))
    proposal = proposed(deployment)
    found = proposal.certified.no_match
    assert found is not None
    assert found.threshold is not None
    assert 0.1 < found.threshold < 0.45
    assert (found.target_precision, proposal.evidence.no_match) == (0.9, True)
    assert proposal.renewed == {Decision.AUTO_ACCEPT, Decision.NO_MATCH}


def test_no_match_stays_as_it_was_without_labels_that_can_say_anything_of_it(
    deployment: Deployment,
) -> None:
    no_match = small_promise(0.9, 0.1)
    deployment.bundle = replace(
        bundle_of(small_promise(TARGET, 0.9), no_match=no_match), calibration=RECORD
    )
    labelled(deployment, traffic(600, stream=Stream.AUDIT, threshold=0.9))
    proposal = proposed(deployment)
    assert (proposal.certified.no_match, proposal.evidence.no_match) == (no_match, False)
    assert proposal.renewed == {Decision.AUTO_ACCEPT}


def test_no_match_is_not_begun_to_be_promised(deployment: Deployment) -> None:
    labelled(deployment, _none_below(0.4))
    assert proposed(deployment).certified.no_match is None


def test_without_labels_there_is_no_proposal(deployment: Deployment) -> None:
    labelled(deployment, [Labelled(answer=Answer.UNSURE)])
    with pytest.raises(NoLabels):
        proposed(deployment)
    assert deployment.events() == []


def test_a_bundle_that_keeps_no_calibration_cannot_be_recalibrated(
    deployment: Deployment,
) -> None:
    deployment.bundle = bundle_of(ORDINARY)
    with pytest.raises(NoCalibration, match="train it again"):
        proposed(deployment)


def _none_below(height: float) -> list[Labelled]:
    """Traffic in which no query below this score has a right product."""
    return [
        replace(one, answer=Answer.NONE) if (one.deciding or 0) < height else one
        for one in traffic(1500, stream=Stream.CALIBRATION)
    ]
