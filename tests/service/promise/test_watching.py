from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, update

from models.monitoring.watch import Audit, Estimate, WatchState, estimate, new_watch, observe
from service.database.engine import transaction
from service.database.tables import (
    Answer,
    Decision,
    Stream,
    VerdictRow,
)
from service.errors import ProductNotFound
from service.promise.effective import thresholds_of
from tests.service.conftest import FakeClock
from tests.service.promise.audits import POLICY, RIGHT, WRONG, Deployment
from tests.service.promise.promises import (
    FRIDGES,
    ORDINARY,
    PHONES,
    STRICT,
    STRICTER,
    TARGET,
    add_override,
    bundle_of,
)
from tests.service.review.queues import ask
from tests.small_bundle import small_promise

SERVED = 0.7  # the threshold of phones


def test_the_first_audit_of_a_threshold_begins_its_watch(deployment: Deployment) -> None:
    deployment.audit(True, threshold=SERVED)
    (watch,) = deployment.watches()
    assert (watch.bundle_id, watch.decision, watch.group_name) == (
        deployment.bundle.bundle_id,
        Decision.AUTO_ACCEPT,
        PHONES,
    )
    assert (watch.threshold, watch.target_precision) == (SERVED, TARGET)
    assert (watch.audits, watch.errors, watch.unsure, watch.ended_at) == (1, 0, 0, None)


def test_every_audit_leaves_what_the_watch_says_after_it(deployment: Deployment) -> None:
    verdicts = [True, False, True, True]
    deployment.audit(*verdicts, threshold=SERVED, share=0.2)
    settings = POLICY.settings(TARGET)
    state = new_watch(settings)
    for right, row in zip(verdicts, deployment.estimates(), strict=True):
        state = observe(state, Audit(right, 0.2), settings)
        expected = estimate(state, settings)
        assert (row.audits, row.errors) == (expected.audits, expected.errors)
        assert (row.precision, row.lower_bound) == (expected.precision, expected.lower_bound)
        assert (row.upper_bound, row.evidence) == (expected.upper_bound, expected.evidence)
    (watch,) = deployment.watches()
    assert WatchState.from_json(watch.state) == state
    assert (watch.precision, watch.lower_bound, watch.evidence) == (
        expected.precision,
        expected.lower_bound,
        expected.evidence,
    )


def test_groups_and_all_other_queries_are_watched_apart(deployment: Deployment) -> None:
    deployment.audit(True, True, threshold=SERVED)
    deployment.audit(False, threshold=0.75, group=FRIDGES)
    deployment.audit(True, threshold=0.8, group=None)
    found = {one.group_name: (one.audits, one.errors) for one in deployment.watches()}
    assert found == {PHONES: (2, 0), FRIDGES: (1, 1), "": (1, 0)}


@pytest.mark.parametrize(
    ("answer", "products", "errors"),
    [
        (Answer.ACCEPTED, (RIGHT,), 0),
        (Answer.ACCEPTED, (WRONG, RIGHT), 0),
        (Answer.ACCEPTED, (WRONG,), 1),
        (Answer.NONE, (), 1),
    ],
)
def test_a_named_product_is_right_when_the_person_accepted_it(
    deployment: Deployment, answer: Answer, products: tuple[str, ...], errors: int
) -> None:
    deployment.answer(deployment.draw(SERVED), answer, *products)
    (watch,) = deployment.watches()
    assert (watch.audits, watch.errors) == (1, errors)


def test_an_unsure_verdict_is_counted_and_not_used(deployment: Deployment) -> None:
    deployment.audit(True, None, threshold=SERVED)
    (watch,) = deployment.watches()
    assert (watch.audits, watch.errors, watch.unsure) == (1, 0, 1)
    assert [row.audits for row in deployment.estimates()] == [1, 1]


@pytest.mark.parametrize(
    ("answer", "products", "errors"), [(Answer.NONE, (), 0), (Answer.ACCEPTED, (RIGHT,), 1)]
)
def test_no_match_is_right_when_the_person_found_none(
    deployment: Deployment, answer: Answer, products: tuple[str, ...], errors: int
) -> None:
    deployment.bundle = bundle_of(ORDINARY, STRICTER, no_match=small_promise(0.9, 0.3))
    task_id = deployment.draw(0.3, decision=Decision.NO_MATCH, group=None, target=0.9)
    deployment.answer(task_id, answer, *products)
    (watch,) = deployment.watches()
    assert (watch.decision, watch.audits, watch.errors) == (Decision.NO_MATCH, 1, errors)
    assert watch.target_precision == 0.9


def test_only_audits_count(deployment: Deployment) -> None:
    deployment.audit(False, threshold=SERVED, stream=Stream.CALIBRATION)
    deployment.answer(_plain_task(deployment), Answer.NONE)
    assert deployment.watches() == []


def test_answers_to_one_query_are_one_audit_for_they_err_together(deployment: Deployment) -> None:
    task_id = deployment.draw(SERVED, text="iphone 8")
    assert deployment.draw(SERVED, text="iphone 8", share=0.5) == task_id
    deployment.judge(task_id, right=False)
    (watch,) = deployment.watches()
    assert (watch.audits, watch.errors) == (1, 1)
    assert len(deployment.estimates()) == 1


def test_an_answer_given_under_another_threshold_is_left_out(deployment: Deployment) -> None:
    deployment.audit(True, threshold=SERVED)
    deployment.audit(False, threshold=0.6)
    (watch,) = deployment.watches()
    assert (watch.audits, watch.errors) == (1, 0)
    assert len(deployment.estimates()) == 1


def test_a_threshold_that_is_not_in_force_begins_no_watch(deployment: Deployment) -> None:
    deployment.audit(False, threshold=0.6)
    assert deployment.watches() == []


def test_a_refused_verdict_changes_nothing(deployment: Deployment) -> None:
    task_id = deployment.draw(SERVED)
    with pytest.raises(ProductNotFound):
        deployment.answer(task_id, Answer.ACCEPTED, "not in the catalogue")
    assert deployment.watches() == []


def test_a_verdict_that_cannot_be_stored_leaves_no_trace_in_the_watch(
    deployment: Deployment,
) -> None:
    deployment.audit(True, threshold=SERVED)
    task_id = deployment.draw(SERVED)
    (claimed,) = deployment.queue.claim("ann", 1, 60)
    assert claimed.lease_token is not None

    broken = replace(deployment.queue, listeners=(deployment.watcher, Failing()))
    with pytest.raises(RuntimeError):
        broken.submit(task_id, claimed.lease_token, "ann", Answer.NONE)
    assert len(deployment.estimates()) == 1
    deployment.queue.submit(task_id, claimed.lease_token, "ann", Answer.NONE)
    (watch,) = deployment.watches()
    assert (watch.audits, watch.errors) == (2, 1)


class Failing:
    """What is told of a verdict last, and fails."""

    def verdict_given(self, connection: Connection, task_id: UUID) -> None:
        del connection, task_id
        raise RuntimeError("after the watch was updated")

    def verdict_withdrawn(self, connection: Connection, task_id: UUID) -> None:
        del connection, task_id
        raise AssertionError("nothing is withdrawn")


# ---------------------------------------------------------------------------- a broken promise


def test_a_broken_promise_raises_the_threshold_to_the_next_certified_one(
    deployment: Deployment,
) -> None:
    deployment.break_promise(SERVED)
    (override,) = deployment.overrides()
    assert (override.group_name, override.threshold_before, override.threshold) == (
        PHONES,
        SERVED,
        0.85,
    )
    assert thresholds_of(deployment.effective().promise) == {None: 0.8, PHONES: 0.85, FRIDGES: 0.75}
    assert deployment.effective().tightened == {(Decision.AUTO_ACCEPT, PHONES)}


def test_a_broken_promise_ends_its_watch_and_begins_that_of_the_new_threshold(
    deployment: Deployment,
) -> None:
    wrong = deployment.break_promise(SERVED)
    before, after = deployment.watches()
    assert (before.audits, before.errors, before.end_reason) == (wrong, wrong, "breach")
    assert (after.threshold, after.audits, after.ended_at) == (0.85, 0, None)
    assert after.target_precision == TARGET


def test_a_broken_promise_leaves_an_event_with_its_numbers(deployment: Deployment) -> None:
    wrong = deployment.break_promise(SERVED)
    (event,) = deployment.events()
    assert (event.subject_id, event.kind, event.actor) == (
        deployment.bundle.bundle_id,
        "breached",
        "service",
    )
    assert event.details["errors"] == event.details["audits"] == wrong
    assert (event.details["group"], event.details["threshold"]) == (PHONES, 0.85)


def test_the_new_threshold_breaks_its_promise_on_its_own_audits_only(
    deployment: Deployment,
) -> None:
    deployment.break_promise(SERVED)
    deployment.audit(False, False, threshold=SERVED)  # verdicts that come late
    assert len(deployment.overrides()) == 1
    assert deployment.watches()[-1].audits == 0


def test_without_a_stricter_certified_threshold_the_group_is_stopped(
    deployment: Deployment,
) -> None:
    deployment.break_promise(SERVED)
    deployment.break_promise(0.85)
    assert [one.threshold for one in deployment.overrides()] == [0.85, None]
    assert deployment.effective().promise.for_group(PHONES).threshold is None
    assert all(one.end_reason == "breach" for one in deployment.watches())
    deployment.audit(False, threshold=0.85)  # a verdict that comes late
    assert len(deployment.watches()) == 2


def test_what_the_higher_target_could_not_promise_is_no_step(deployment: Deployment) -> None:
    deployment.break_promise(0.75, group=FRIDGES)
    (override,) = deployment.overrides()
    assert override.threshold is None


def test_all_other_queries_are_tightened_without_the_groups(deployment: Deployment) -> None:
    deployment.break_promise(0.8, group=None)
    found = deployment.effective()
    assert thresholds_of(found.promise) == {None: 0.9, PHONES: SERVED, FRIDGES: 0.75}
    assert found.tightened == {(Decision.AUTO_ACCEPT, None)}


def test_no_match_is_stopped(deployment: Deployment) -> None:
    deployment.bundle = bundle_of(ORDINARY, STRICTER, no_match=small_promise(0.9, 0.3))
    for _ in range(100):
        if deployment.overrides():
            break
        task_id = deployment.draw(0.3, decision=Decision.NO_MATCH, group=None, target=0.9)
        deployment.answer(task_id, Answer.ACCEPTED, RIGHT)
    no_match = deployment.effective().no_match
    assert no_match is not None
    assert no_match.threshold is None
    assert thresholds_of(deployment.effective().promise) == thresholds_of(ORDINARY)


def test_a_bundle_that_does_not_answer_here_is_stopped_when_it_breaks_its_promise(
    deployment: Deployment,
) -> None:
    deployment.audit(True, threshold=SERVED)
    deployment.served = False
    deployment.break_promise(SERVED)
    assert [one.threshold for one in deployment.overrides()] == [None]


def test_a_bundle_that_does_not_answer_here_is_not_watched_from_here(
    deployment: Deployment,
) -> None:
    deployment.served = False
    deployment.audit(False, threshold=SERVED)
    assert deployment.watches() == []


def test_the_risk_of_a_false_alarm_is_a_setting(engine: Engine, clock: FakeClock) -> None:
    patient = Deployment(engine, clock, bundle_of(ORDINARY, STRICTER))
    patient.watcher = replace(patient.watcher, policy=replace(POLICY, false_alarm=1e-6))
    patient.queue = replace(patient.queue, listeners=(patient.watcher,))
    hasty = Deployment(engine, clock, bundle_of(ORDINARY, STRICTER))
    assert patient.break_promise(SERVED) > hasty.break_promise(0.75, group=FRIDGES)


def test_the_confidence_of_the_bounds_is_a_setting(deployment: Deployment) -> None:
    deployment.audit(True, threshold=SERVED)
    sure = replace(deployment.watcher, policy=replace(POLICY, confidence=0.999))
    deployment.queue = replace(deployment.queue, listeners=(sure,))
    deployment.audit(True, threshold=0.75, group=FRIDGES)
    bounds = {one.group_name: one.lower_bound for one in deployment.watches()}
    assert bounds[FRIDGES] < bounds[PHONES]


# ------------------------------------------------------------------- another threshold in force


def test_a_threshold_that_comes_into_force_otherwise_is_watched_from_then_on(
    deployment: Deployment, clock: FakeClock
) -> None:
    deployment.audit(True, threshold=SERVED)
    add_override(deployment.engine, clock, PHONES, 0.72)
    deployment.audit(False, True, threshold=0.72)
    before, after = (one for one in deployment.watches() if one.audits)
    assert (before.threshold, before.end_reason) == (SERVED, "replaced")
    assert (after.threshold, after.audits, after.errors) == (0.72, 2, 1)


def test_services_with_other_targets_watch_apart(engine: Engine, clock: FakeClock) -> None:
    bundle = bundle_of(ORDINARY, STRICTER)
    ordinary, strict = (Deployment(engine, clock, bundle, target) for target in (TARGET, STRICT))
    for _ in range(2):
        ordinary.audit(True, threshold=SERVED)
        strict.audit(False, threshold=0.85)
    found = {one.target_precision: (one.audits, one.errors) for one in ordinary.watches()}
    assert found == {TARGET: (2, 0), STRICT: (2, 2)}


# ----------------------------------------------------------------------------- many at once


def test_reviewers_at_once_lose_no_audit_and_count_none_twice(deployment: Deployment) -> None:
    rights = [number % 9 != 0 for number in range(36)]
    tasks = {deployment.draw(SERVED): right for right in rights}
    _all_at_once(deployment, tasks)
    (watch,) = deployment.watches()
    rows = deployment.estimates()
    assert (watch.audits, watch.errors) == (36, 4)
    assert [row.audits for row in rows] == list(range(1, 37))
    assert len({row.sample_id for row in rows}) == 36
    assert (rows[-1].evidence, rows[-1].errors) == (watch.evidence, watch.errors)


def test_a_promise_broken_by_several_at_once_is_taken_back_once(deployment: Deployment) -> None:
    tasks = {deployment.draw(SERVED): False for _ in range(24)}
    _all_at_once(deployment, tasks)
    (override,) = deployment.overrides()
    assert override.threshold == 0.85
    before, after = deployment.watches()
    assert (before.end_reason, after.ended_at, after.audits) == ("breach", None, 0)
    assert before.audits == len(deployment.estimates()) < 24


def test_verdicts_on_audits_of_several_groups_do_not_wait_for_each_other_for_ever(
    deployment: Deployment,
) -> None:
    tasks = {}
    for number in range(20):
        text = f"query {number}"
        for group, threshold in ((PHONES, SERVED), (FRIDGES, 0.75))[:: (-1) ** number]:
            tasks[deployment.draw(threshold, group=group, text=text)] = True
    _all_at_once(deployment, tasks)
    assert {one.group_name: one.audits for one in deployment.watches()} == {
        PHONES: 20,
        FRIDGES: 20,
    }


# ------------------------------------------------------------------------------- once again


@pytest.mark.parametrize("share", [0.05, 1.0])
def test_counting_a_watch_again_gives_the_same(deployment: Deployment, share: float) -> None:
    for number, right in enumerate([True, None, True, False, True]):
        deployment.audit(right, threshold=SERVED, share=min(1.0, share * (number + 1)))
    (before,) = deployment.watches()
    found = _rebuild(deployment, before.id)
    (after,) = deployment.watches()
    assert {**after._mapping, "updated_at": None} == {**before._mapping, "updated_at": None}
    assert (found.audits, found.evidence) == (after.audits, after.evidence)
    assert len(deployment.estimates()) == 5


def test_counting_a_watch_again_takes_the_verdicts_that_hold_now(deployment: Deployment) -> None:
    deployment.audit(True, None, False, threshold=SERVED)
    change = update(VerdictRow).where(VerdictRow.answer != Answer.ACCEPTED)
    with transaction(deployment.engine) as connection:
        connection.execute(change.values(answer=Answer.ACCEPTED, product_ids=[RIGHT]))
    (watch,) = deployment.watches()
    _rebuild(deployment, watch.id)
    (watch,) = deployment.watches()
    assert (watch.audits, watch.errors, watch.unsure) == (3, 1, 0)


def test_a_verdict_that_takes_the_place_of_another_counts_in_its_place(
    deployment: Deployment,
) -> None:
    first = deployment.draw(SERVED)
    deployment.judge(first, right=False)
    deployment.audit(True, threshold=SERVED)
    _withdraw(deployment, first)
    (watch,) = deployment.watches()
    assert (watch.audits, watch.errors) == (1, 0)
    deployment.answer(first, Answer.ACCEPTED, RIGHT)
    (watch,) = deployment.watches()
    assert (watch.audits, watch.errors) == (2, 0)
    assert len(deployment.estimates()) == 2


def test_changed_verdicts_may_break_a_promise(deployment: Deployment) -> None:
    wrong = deployment.break_promise(0.75, group=FRIDGES)
    tasks = [deployment.draw(SERVED) for _ in range(wrong)]
    for task_id in tasks:
        deployment.judge(task_id, right=True)
    for task_id in tasks:
        _withdraw(deployment, task_id)
        deployment.answer(task_id, Answer.NONE)
    assert [one.group_name for one in deployment.overrides()] == [FRIDGES, PHONES]


def test_a_changed_verdict_does_not_restore_a_broken_promise(deployment: Deployment) -> None:
    first = deployment.draw(SERVED)
    deployment.judge(first, right=False)
    deployment.break_promise(SERVED)
    _withdraw(deployment, first)
    broken = deployment.watches()[0]
    assert (broken.errors, broken.end_reason) == (broken.audits, "breach")
    assert deployment.overrides()[0].lifted_at is None


def test_counting_an_ended_watch_again_leaves_what_came_later_alone(
    deployment: Deployment,
) -> None:
    wrong = deployment.break_promise(SERVED)
    deployment.audit(True, threshold=0.85)
    before, after = deployment.watches()
    assert _rebuild(deployment, before.id).audits == wrong
    assert deployment.watches()[1] == after


def test_a_watch_that_does_not_exist_cannot_be_counted_again(deployment: Deployment) -> None:
    with pytest.raises(KeyError):
        _rebuild(deployment, uuid4())


def _rebuild(deployment: Deployment, watch_id: UUID) -> Estimate:
    with transaction(deployment.engine) as connection:
        return deployment.watcher.rebuild(connection, watch_id)


def _withdraw(deployment: Deployment, task_id: UUID) -> None:
    deployment.clock.advance(1)
    deployment.queue.reopen(task_id, "boss", "looked at again")


def _plain_task(deployment: Deployment) -> UUID:
    (task_id,) = ask(deployment.engine, deployment.clock, "nobody drew this one")
    return task_id


def _all_at_once(deployment: Deployment, tasks: dict[UUID, bool]) -> None:
    """Have every task answered, by four people at the same time."""
    tokens = {task.id: task.lease_token for task in deployment.queue.claim("ann", 1000, 3600)}

    def answer(task_id: UUID) -> None:
        token = tokens[task_id]
        assert token is not None
        product = RIGHT if tasks[task_id] else WRONG
        deployment.queue.submit(task_id, token, "ann", Answer.ACCEPTED, [product])

    with ThreadPoolExecutor(4) as people:
        list(people.map(answer, tasks))
