from __future__ import annotations

import pytest

from service.database.engine import transaction
from service.database.tables import Decision
from service.errors import NothingToRestore, ReasonEmpty, UnknownGroup
from service.promise.effective import thresholds_of
from service.promise.restoring import Restored, restore
from tests.service.promise.audits import Deployment
from tests.service.promise.promises import FRIDGES, ORDINARY, PHONES, add_override

SERVED = 0.7  # the threshold of phones
REASON = "the feed was mended"


def restored(
    deployment: Deployment, group_name: str | None = None, reason: str = REASON
) -> list[Restored]:
    deployment.clock.advance(1)
    with transaction(deployment.engine) as connection:
        return restore(
            connection,
            deployment.watcher,
            deployment.bundle,
            group_name,
            person="eve",
            reason=reason,
        )


def test_the_certified_threshold_applies_again(deployment: Deployment) -> None:
    deployment.break_promise(SERVED)
    assert restored(deployment) == [Restored(Decision.AUTO_ACCEPT, PHONES, SERVED)]
    found = deployment.effective()
    assert found.promise == ORDINARY
    assert found.tightened == frozenset()


def test_it_is_kept_who_restored_it_and_why(deployment: Deployment) -> None:
    deployment.break_promise(SERVED)
    restored(deployment, reason=f"  {REASON} ")
    (override,) = deployment.overrides()
    assert (override.lifted_by, override.lift_reason) == ("eve", REASON)
    assert override.lifted_at == deployment.clock.now
    event = deployment.events()[-1]
    assert (event.kind, event.actor, event.details["reason"]) == ("restored", "eve", REASON)
    assert (event.details["threshold_before"], event.details["threshold"]) == (0.85, SERVED)


def test_a_new_watch_begins_without_the_audits_so_far(deployment: Deployment) -> None:
    deployment.break_promise(SERVED)
    deployment.audit(True, threshold=0.85)
    restored(deployment)
    *_, tightened, fresh = deployment.watches()
    assert (tightened.threshold, tightened.end_reason) == (0.85, "restored")
    assert (fresh.threshold, fresh.audits, fresh.ended_at) == (SERVED, 0, None)
    assert fresh.evidence == pytest.approx(1.0)


def test_answers_of_before_the_breach_do_not_break_it_again(deployment: Deployment) -> None:
    late = [deployment.draw(SERVED) for _ in range(3)]
    deployment.break_promise(SERVED)
    restored(deployment)
    for task_id in late:
        deployment.judge(task_id, right=False)
    assert deployment.watches()[-1].audits == 0
    deployment.audit(True, threshold=SERVED)
    assert deployment.watches()[-1].audits == 1


def test_a_restored_promise_can_break_again(deployment: Deployment) -> None:
    first = deployment.break_promise(SERVED)
    restored(deployment)
    assert deployment.break_promise(SERVED) == first
    assert [one.threshold for one in deployment.overrides()] == [0.85, 0.85]


def test_a_stopped_group_is_automated_again(deployment: Deployment) -> None:
    deployment.break_promise(SERVED)
    deployment.break_promise(0.85)
    assert deployment.effective().promise.for_group(PHONES).threshold is None
    restored(deployment, PHONES)
    assert deployment.effective().promise.for_group(PHONES).threshold == SERVED
    assert deployment.watches()[-1].threshold == SERVED


def test_one_group_can_be_restored_alone(deployment: Deployment) -> None:
    deployment.break_promise(SERVED)
    deployment.break_promise(0.8, group=None)
    assert restored(deployment, "") == [Restored(Decision.AUTO_ACCEPT, None, 0.8)]
    assert thresholds_of(deployment.effective().promise) == {None: 0.8, PHONES: 0.85, FRIDGES: 0.75}
    still = [one.group_name for one in deployment.watches() if one.ended_at is None]
    assert sorted(still) == ["", PHONES]


def test_a_group_that_kept_its_promise_goes_on_being_watched(deployment: Deployment) -> None:
    deployment.audit(True, threshold=0.75, group=FRIDGES)
    deployment.break_promise(SERVED)
    restored(deployment)
    (fridges,) = (one for one in deployment.watches() if one.group_name == FRIDGES)
    assert (fridges.audits, fridges.ended_at) == (1, None)


def test_where_nothing_was_taken_back_nothing_can_be_restored(deployment: Deployment) -> None:
    deployment.audit(True, threshold=SERVED)
    for group_name in (None, "", PHONES):
        with pytest.raises(NothingToRestore):
            restored(deployment, group_name)
    assert [one.end_reason for one in deployment.watches()] == [None]
    assert deployment.events() == []


def test_a_group_that_kept_its_promise_has_nothing_to_restore(deployment: Deployment) -> None:
    deployment.break_promise(SERVED)
    with pytest.raises(NothingToRestore):
        restored(deployment, FRIDGES)
    assert deployment.effective().promise.for_group(PHONES).threshold == 0.85


def test_an_unknown_group_is_named_with_those_there_are(deployment: Deployment) -> None:
    deployment.break_promise(SERVED)
    with pytest.raises(UnknownGroup, match=r"no group 'phone'; it has fridges, phones"):
        restored(deployment, "phone")


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_without_a_reason_nothing_is_restored(deployment: Deployment, reason: str) -> None:
    deployment.break_promise(SERVED)
    with pytest.raises(ReasonEmpty):
        restored(deployment, reason=reason)
    assert deployment.overrides()[0].lifted_at is None


def test_an_override_that_was_made_for_another_target_is_lifted_too(
    deployment: Deployment,
) -> None:
    add_override(deployment.engine, deployment.clock, "televisions", None)
    assert restored(deployment, "televisions") == []
    assert deployment.overrides()[0].lifted_by == "eve"
