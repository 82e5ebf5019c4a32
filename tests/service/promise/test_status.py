from __future__ import annotations

from service.database.engine import transaction
from service.database.tables import Decision
from service.promise.certified import Certified
from service.promise.status import Part, PromiseState, Status, read_status
from tests.service.promise.audits import Deployment
from tests.service.promise.promises import (
    FRIDGES,
    ORDINARY,
    PHONES,
    STRICTER,
    TARGET,
    add_override,
    add_proposal,
    bundle_of,
    promise_of,
)
from tests.small_bundle import small_promise

SERVED = 0.7  # the threshold of phones


def status(deployment: Deployment) -> Status:
    with transaction(deployment.engine) as connection:
        return read_status(connection, deployment.bundle, deployment.target)


def part(deployment: Deployment, group: str | None) -> Part:
    (found,) = (one for one in status(deployment).parts if one.group == group)
    return found


def test_before_the_first_audit_the_promise_is_what_was_certified(deployment: Deployment) -> None:
    found = status(deployment)
    assert [(one.group, one.threshold, one.state) for one in found.parts] == [
        (None, 0.8, PromiseState.KEPT),
        (PHONES, SERVED, PromiseState.KEPT),
        (FRIDGES, 0.75, PromiseState.KEPT),
    ]
    assert {one.live for one in found.parts} == {None}
    assert (found.state, found.proposal_id, found.overrides) == (PromiseState.KEPT, None, [])


def test_the_live_estimate_is_that_of_the_open_watch(deployment: Deployment) -> None:
    deployment.audit(True, False, None, threshold=SERVED)
    (watch,) = deployment.watches()
    live = part(deployment, PHONES).live
    assert live is not None
    assert (live.audits, live.errors, live.unsure) == (2, 1, 1)
    assert (live.precision, live.lower_bound, live.since) == (
        watch.precision,
        watch.lower_bound,
        watch.started_at,
    )
    assert part(deployment, FRIDGES).live is None


def test_a_broken_promise_is_tightened_with_its_reason(deployment: Deployment) -> None:
    wrong = deployment.break_promise(SERVED)
    found = status(deployment)
    phones = part(deployment, PHONES)
    assert (found.state, phones.state) == (PromiseState.TIGHTENED, PromiseState.TIGHTENED)
    assert (phones.certified.threshold, phones.threshold) == (SERVED, 0.85)
    assert phones.live is not None
    assert (phones.live.threshold, phones.live.audits) == (0.85, 0)
    (override,) = found.overrides
    assert (override.group, override.threshold_before, override.threshold) == (PHONES, 0.7, 0.85)
    assert override.reason.startswith(f"{wrong} of {wrong} audited answers were wrong")
    assert override.reason.endswith("where 0.95 was promised")


def test_a_stopped_part_makes_the_whole_stopped(deployment: Deployment) -> None:
    deployment.break_promise(SERVED)
    deployment.break_promise(0.75, group=FRIDGES)
    assert part(deployment, FRIDGES).state is PromiseState.STOPPED
    assert part(deployment, FRIDGES).live is None
    assert status(deployment).state is PromiseState.STOPPED


def test_what_was_never_promised_is_no_breach(deployment: Deployment) -> None:
    deployment.bundle = bundle_of(promise_of(TARGET, None, phones=0.7))
    assert part(deployment, None).state is PromiseState.NOT_PROMISED
    assert status(deployment).state is PromiseState.KEPT
    deployment.bundle = bundle_of(promise_of(TARGET, None))
    assert status(deployment).state is PromiseState.NOT_PROMISED


def test_no_match_is_a_part_of_its_own(deployment: Deployment) -> None:
    deployment.bundle = bundle_of(ORDINARY, STRICTER, no_match=small_promise(0.9, 0.3))
    task_id = deployment.draw(0.3, decision=Decision.NO_MATCH, group=None, target=0.9)
    deployment.judge(task_id, right=True)  # with a product: so "no match" was wrong
    last = status(deployment).parts[-1]
    assert (last.decision, last.threshold) == (Decision.NO_MATCH, 0.3)
    assert last.live is not None
    assert (last.live.audits, last.live.errors) == (1, 1)


def test_the_estimate_of_another_threshold_is_not_shown(deployment: Deployment) -> None:
    deployment.audit(True, threshold=SERVED)
    add_override(deployment.engine, deployment.clock, PHONES, 0.72)
    assert part(deployment, PHONES).live is None


def test_audits_without_a_verdict_and_of_older_episodes_are_counted(
    deployment: Deployment,
) -> None:
    deployment.audit(True, None, threshold=SERVED)
    deployment.audit(True, True, threshold=0.6)
    deployment.draw(SERVED)
    counts = part(deployment, PHONES).samples
    assert (counts.waiting, counts.left_out) == (1, 2)
    assert part(deployment, FRIDGES).samples.waiting == 0


def test_an_activated_proposal_is_what_is_certified(deployment: Deployment) -> None:
    certified = Certified(promise_of(TARGET, 0.6, phones=0.65))
    proposal_id = add_proposal(deployment.engine, deployment.clock, certified)
    found = status(deployment)
    assert found.proposal_id == proposal_id
    assert [(one.group, one.threshold) for one in found.parts] == [(None, 0.6), (PHONES, 0.65)]
