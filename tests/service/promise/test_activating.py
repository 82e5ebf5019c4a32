from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from service.database.engine import transaction
from service.database.tables import Decision
from service.errors import (
    ProposalActivated,
    ProposalMismatch,
    ProposalNotFound,
    ProposalStopsAutomation,
)
from service.promise.activating import activate
from service.promise.certified import Certified
from service.promise.effective import thresholds_of
from service.promise.proposals import Evidence, Proposal, insert_proposal
from tests.service.promise.audits import Deployment
from tests.service.promise.promises import (
    FRIDGES,
    ORDINARY,
    PHONES,
    STRICT,
    TARGET,
    bundle_of,
    promise_of,
)
from tests.small_bundle import small_promise

SERVED = 0.7  # the threshold of phones
RENEWED = Certified(promise_of(TARGET, 0.6, phones=0.72))


def proposal_of(
    deployment: Deployment,
    certified: Certified,
    *,
    bundle_id: str | None = None,
    no_match: bool = False,
) -> UUID:
    deployment.clock.advance(1)
    evidence = Evidence(500, 100, {}, 1000, 0.5, (0.4, 0.6), no_match)
    bundle_id = bundle_id or deployment.bundle.bundle_id
    with transaction(deployment.engine) as connection:
        return insert_proposal(
            connection, deployment.clock, uuid4(), bundle_id, certified, evidence, "ann"
        ).id


def activated(deployment: Deployment, proposal_id: UUID, *, accept_stops: bool = False) -> Proposal:
    deployment.clock.advance(1)
    with transaction(deployment.engine) as connection:
        return activate(
            connection,
            deployment.watcher,
            deployment.bundle,
            proposal_id,
            person="eve",
            accept_stops=accept_stops,
        )


def test_its_thresholds_are_in_force(deployment: Deployment) -> None:
    proposal_id = proposal_of(deployment, RENEWED)
    proposal = activated(deployment, proposal_id)
    assert (proposal.activated_by, proposal.activated_at) == ("eve", deployment.clock.now)
    found = deployment.effective()
    assert (found.promise, found.proposal_id) == (RENEWED.promise, proposal_id)


def test_what_was_tightened_before_ends(deployment: Deployment) -> None:
    deployment.break_promise(SERVED)
    deployment.break_promise(0.75, group=FRIDGES)
    proposal_id = proposal_of(deployment, RENEWED)
    activated(deployment, proposal_id)
    assert deployment.effective().tightened == frozenset()
    assert thresholds_of(deployment.effective().promise) == {None: 0.6, PHONES: 0.72}
    for override in deployment.overrides():
        assert override.lifted_by == "eve"
        assert override.lift_reason == f"proposal {proposal_id} was activated"


def test_the_new_thresholds_are_watched_from_the_beginning(deployment: Deployment) -> None:
    deployment.audit(True, threshold=SERVED)
    deployment.audit(True, threshold=0.75, group=FRIDGES)
    activated(deployment, proposal_of(deployment, RENEWED))
    ended = [one.end_reason for one in deployment.watches() if one.ended_at is not None]
    assert ended == ["recalibrated", "recalibrated"]
    fresh = {
        one.group_name: (one.threshold, one.audits)
        for one in deployment.watches()
        if one.ended_at is None
    }
    assert fresh == {"": (0.6, 0), PHONES: (0.72, 0)}


def test_answers_of_before_do_not_count_for_the_new_thresholds(deployment: Deployment) -> None:
    same = Certified(promise_of(TARGET, 0.8, phones=SERVED))
    late = deployment.draw(SERVED)
    deployment.audit(True, threshold=SERVED)
    activated(deployment, proposal_of(deployment, same))
    deployment.judge(late, right=False)
    assert {one.audits for one in deployment.watches() if one.ended_at is None} == {0}
    deployment.audit(True, threshold=SERVED)
    assert max(one.audits for one in deployment.watches() if one.ended_at is None) == 1


def test_a_renewed_promise_can_break_too(deployment: Deployment) -> None:
    activated(deployment, proposal_of(deployment, RENEWED))
    deployment.break_promise(0.72)
    assert thresholds_of(deployment.effective().promise) == {None: 0.6, PHONES: 0.85}


def test_it_leaves_an_event(deployment: Deployment) -> None:
    proposal_id = proposal_of(deployment, RENEWED)
    activated(deployment, proposal_id)
    (event,) = deployment.events()
    assert (event.kind, event.actor) == ("activated", "eve")
    assert event.details == {"proposal_id": str(proposal_id), "stops": []}


@pytest.mark.parametrize(
    ("certified", "stops"),
    [
        (Certified(promise_of(TARGET, None)), "auto_accept of all other queries"),
        (Certified(promise_of(TARGET, 0.6, phones=None)), "auto_accept of group 'phones'"),
        (Certified(promise_of(TARGET, None, phones=0.7)), "auto_accept of group 'fridges'"),
    ],
    ids=["everything", "a group", "a group that now shares with others"],
)
def test_what_would_stop_automation_must_be_accepted(
    deployment: Deployment, certified: Certified, stops: str
) -> None:
    proposal_id = proposal_of(deployment, certified)
    with pytest.raises(ProposalStopsAutomation, match=stops):
        activated(deployment, proposal_id)
    assert deployment.effective().promise == ORDINARY
    activated(deployment, proposal_id, accept_stops=True)
    assert deployment.effective().promise == certified.promise
    assert deployment.events()[-1].details["stops"]


def test_a_promise_of_nothing_must_be_accepted_where_nothing_was_promised_before(
    deployment: Deployment,
) -> None:
    deployment.bundle = bundle_of(promise_of(TARGET, None))
    proposal_id = proposal_of(deployment, Certified(promise_of(TARGET, None)))
    with pytest.raises(ProposalStopsAutomation, match="nothing is automated now"):
        activated(deployment, proposal_id)


def test_a_proposal_is_activated_once(deployment: Deployment) -> None:
    proposal_id = proposal_of(deployment, RENEWED)
    activated(deployment, proposal_id)
    with pytest.raises(ProposalActivated):
        activated(deployment, proposal_id)


def test_an_unknown_proposal_is_not_found(deployment: Deployment) -> None:
    with pytest.raises(ProposalNotFound):
        activated(deployment, uuid4())


def test_a_proposal_of_another_bundle_is_refused(deployment: Deployment) -> None:
    proposal_id = proposal_of(deployment, RENEWED, bundle_id="another")
    with pytest.raises(ProposalMismatch, match="is of bundle another"):
        activated(deployment, proposal_id)
    assert deployment.effective().promise == ORDINARY


def test_a_proposal_for_another_target_is_refused(deployment: Deployment) -> None:
    proposal_id = proposal_of(deployment, Certified(promise_of(STRICT, 0.6)))
    with pytest.raises(ProposalMismatch, match=r"promises 0\.98, but this service 0\.95"):
        activated(deployment, proposal_id)


@pytest.mark.parametrize("renewed", [True, False])
def test_no_match_is_loosened_only_where_it_was_certified_anew(
    deployment: Deployment, renewed: bool
) -> None:
    no_match = small_promise(0.9, 0.3)
    deployment.bundle = bundle_of(ORDINARY, no_match=no_match)
    while not deployment.overrides():
        task_id = deployment.draw(0.3, decision=Decision.NO_MATCH, group=None, target=0.9)
        deployment.judge(task_id, right=True)  # a product was right, so "no match" was wrong
    certified = Certified(RENEWED.promise, no_match)
    activated(deployment, proposal_of(deployment, certified, no_match=renewed))
    found = deployment.effective().no_match
    assert found is not None
    assert found.threshold == (0.3 if renewed else None)
    watched = {one.decision for one in deployment.watches() if one.ended_at is None}
    assert (Decision.NO_MATCH in watched) == renewed
