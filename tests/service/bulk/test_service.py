from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, update

from service.bulk.actions import Action, Wanted
from service.bulk.service import BulkActions
from service.database.engine import transaction
from service.database.tables import (
    Answer,
    ReviewTaskRow,
    Ruling,
    Stream,
    TaskKind,
    TaskState,
)
from service.errors import BulkChanged, BulkNotFound, BulkUndone
from service.review import repository
from tests.service.agreement.opinions import TWO_OPINIONS
from tests.service.bulk.bulks import AS_BEFORE, accept, bulk_of, count_verdicts, verdicts_of
from tests.service.conftest import FakeClock
from tests.service.exchange.labels import draw
from tests.service.review.queues import ask, event_kinds, new_task, queue_of, reader_of
from tests.service.rulings.verdicts import book_of, in_force

BEST = "p1"  # of every task


@pytest.fixture
def bulk(engine: Engine, clock: FakeClock) -> BulkActions:
    """Bulk actions where ann has accepted the best candidate of a task of the shop before."""
    ask(engine, clock, "bosch 203")
    accept(engine, clock, BEST)
    return bulk_of(engine, clock)


def chosen(bulk: BulkActions, wanted: Wanted = AS_BEFORE) -> list[UUID]:
    return [target.task_id for target in bulk.preview(wanted).targets]


def test_the_best_candidate_is_accepted_where_a_person_accepted_it_for_the_source(
    bulk: BulkActions, engine: Engine, clock: FakeClock
) -> None:
    fitting = ask(engine, clock, "bosch kgn39", "kgn39 new")
    ask(engine, clock, "bosch kgn39", source="another shop")
    preview = bulk.preview(AS_BEFORE)
    assert {target.task_id for target in preview.targets} == set(fitting)
    assert (preview.open_tasks, preview.more) == (3, False)
    target = preview.targets[0]
    assert (target.product_id, target.accepted_before, target.source) == (BEST, 1, "shop")
    stored = bulk.apply(AS_BEFORE, 2, "lea")
    assert stored.tasks == 2
    for task_id in fitting:
        task = reader_of(engine, clock).history(task_id).task
        (verdict,) = verdicts_of(engine, task_id)
        assert (task.state, task.verdict_id) == (TaskState.ANSWERED, verdict.id)
        assert (verdict.answer, verdict.product_ids) == (Answer.ACCEPTED, (BEST,))
        assert (verdict.person, verdict.origin, verdict.bulk_id) == ("lea", "bulk", stored.id)
        assert event_kinds(engine, task_id) == ["created", "answered"]
    assert event_kinds(engine, stored.id) == ["applied"]


def test_what_follows_from_a_verdict_follows_from_each(
    bulk: BulkActions, engine: Engine, clock: FakeClock
) -> None:
    ask(engine, clock, "kgn39")
    bulk.apply(AS_BEFORE, 1, "lea")
    assert in_force(engine, clock, "kgn39")[BEST] is Ruling.ALLOWED
    assert in_force(engine, clock, "kgn39")["p2"] is Ruling.BLOCKED


def test_it_does_not_feed_on_itself(engine: Engine, clock: FakeClock) -> None:
    bulk = bulk_of(engine, clock)
    ask(engine, clock, "first")
    assert chosen(bulk) == []
    accept(engine, clock, BEST)
    ask(engine, clock, "second")
    stored = bulk.apply(AS_BEFORE, 1, "lea")
    ask(engine, clock, "third")
    assert bulk.preview(AS_BEFORE).targets[0].accepted_before == 1  # not 2
    bulk.undo(stored.id, "lea")


def test_another_answer_was_given_for_the_best_candidate(engine: Engine, clock: FakeClock) -> None:
    ask(engine, clock, "first")
    accept(engine, clock, "p2")
    ask(engine, clock, "second")
    assert chosen(bulk_of(engine, clock)) == []


def test_a_task_that_somebody_holds_is_left_alone(
    bulk: BulkActions, engine: Engine, clock: FakeClock
) -> None:
    ask(engine, clock, "kgn39")
    queue_of(engine, clock).claim("ben", 1, 60)
    assert chosen(bulk) == []


@pytest.mark.parametrize("stream", [*Stream])
def test_audits_and_samples_are_answered_one_by_one(
    bulk: BulkActions, engine: Engine, clock: FakeClock, stream: Stream
) -> None:
    (task_id,) = ask(engine, clock, "kgn39")
    assert chosen(bulk) == [task_id]
    draw(engine, clock, task_id, stream)
    assert chosen(bulk) == []


def test_a_task_that_was_opened_as_an_audit_is_answered_by_a_person(
    bulk: BulkActions, engine: Engine, clock: FakeClock
) -> None:
    task = replace(new_task("kgn39"), kind=TaskKind.AUDIT)
    with transaction(engine) as connection:
        repository.open_tasks(connection, clock, [task])
    assert chosen(bulk) == []


def test_two_opinions_are_two_persons(bulk: BulkActions, engine: Engine, clock: FakeClock) -> None:
    with transaction(engine) as connection:
        repository.open_tasks(connection, clock, [new_task("kgn39")], TWO_OPINIONS)
    assert chosen(bulk) == []


def test_what_has_outlived_its_time_is_left(
    bulk: BulkActions, engine: Engine, clock: FakeClock
) -> None:
    (task_id,) = ask(engine, clock, "kgn39")
    with transaction(engine) as connection:
        expired = update(ReviewTaskRow).where(ReviewTaskRow.id == task_id)
        connection.execute(expired.values(expires_at=clock.now))
    assert chosen(bulk) == []


def test_a_product_that_a_person_blocked_for_the_text_is_left_out(
    bulk: BulkActions, engine: Engine, clock: FakeClock
) -> None:
    ask(engine, clock, "kgn39", "kgn39 new")
    book_of(engine, clock).rule_by_hand("KGN39 ", BEST, Ruling.BLOCKED, "an older model", "eve")
    assert [target.text for target in bulk.preview(AS_BEFORE).targets] == ["kgn39 new"]


def test_a_product_that_the_catalogue_lacks_is_left_out(
    bulk: BulkActions, engine: Engine, clock: FakeClock
) -> None:
    ask(engine, clock, "kgn39")
    assert chosen(bulk_of(engine, clock, catalogue={"p2"})) == []


def test_the_filter_chooses(bulk: BulkActions, engine: Engine, clock: FakeClock) -> None:
    (task_id,) = ask(engine, clock, "kgn39")
    queue_of(engine, clock).assign([task_id], "ben", "lea")
    as_before = Action.ACCEPT_BEST_AS_BEFORE
    for wanted, fits in (
        (Wanted(as_before, source="shop"), True),
        (Wanted(as_before, source="other"), False),
        (Wanted(as_before, attributes={"brand": "Bosch"}), True),
        (Wanted(as_before, attributes={"brand": "Beko"}), False),
        (Wanted(as_before, assigned_to="ben"), True),
        (Wanted(as_before, assigned_to="eve"), False),
    ):
        assert chosen(bulk, wanted) == ([task_id] if fits else []), wanted


def test_none_is_answered_with_the_reason_as_comment(
    bulk: BulkActions, engine: Engine, clock: FakeClock
) -> None:
    (task_id,) = ask(engine, clock, "gift card", source="vouchers")
    wanted = Wanted(Action.ANSWER_NONE, source="vouchers", reason="no product at all")
    (target,) = bulk.preview(wanted).targets
    assert (target.answer, target.product_id) == (Answer.NONE, None)
    bulk.apply(wanted, 1, "lea")
    (verdict,) = verdicts_of(engine, task_id)
    assert (verdict.answer, verdict.comment) == (Answer.NONE, "no product at all")


@pytest.mark.parametrize("expected", [1, 3])
def test_other_tasks_than_were_previewed_are_refused(
    bulk: BulkActions, engine: Engine, clock: FakeClock, expected: int
) -> None:
    ask(engine, clock, "one", "two")
    before = count_verdicts(engine)
    with pytest.raises(BulkChanged, match=r"and 2 fit now"):
        bulk.apply(AS_BEFORE, expected, "lea")
    assert count_verdicts(engine) == before
    assert bulk.last(10) == []


def test_undone_together_the_tasks_wait_again(
    bulk: BulkActions, engine: Engine, clock: FakeClock
) -> None:
    tasks = ask(engine, clock, "one", "two")
    stored = bulk.apply(AS_BEFORE, 2, "lea")
    assert chosen(bulk) == []
    clock.advance(1)
    undone = bulk.undo(stored.id, "max")
    assert (undone.withdrawn, undone.left) == (2, 0)
    assert set(chosen(bulk)) == set(tasks)
    first, withdrawn = verdicts_of(engine, tasks[0])
    assert (withdrawn.answer, withdrawn.supersedes) == (Answer.WITHDRAWN, first.id)
    assert (withdrawn.person, withdrawn.bulk_id) == ("max", stored.id)
    assert in_force(engine, clock, "one")["p2"] is Ruling.ALLOWED
    assert event_kinds(engine, tasks[0]) == ["created", "answered", "reopened"]
    (shown,) = bulk.last(10)
    assert (shown.undone_by, shown.undone_at) == ("max", clock.now)
    with pytest.raises(BulkUndone):
        bulk.undo(stored.id, "max")


def test_what_was_followed_by_another_verdict_is_not_undone(
    bulk: BulkActions, engine: Engine, clock: FakeClock
) -> None:
    first, second = ask(engine, clock, "one", "two")
    stored = bulk.apply(AS_BEFORE, 2, "lea")
    queue_of(engine, clock).reopen(first, "eve", "wrong size")
    accept(engine, clock, "p2", person="ben")
    undone = bulk.undo(stored.id, "lea")
    assert (undone.withdrawn, undone.left) == (1, 1)
    states = [reader_of(engine, clock).history(one).task.state for one in (first, second)]
    assert states == [TaskState.ANSWERED, TaskState.OPEN]


def test_a_task_whose_query_waits_in_another_one_keeps_its_answer(
    bulk: BulkActions, engine: Engine, clock: FakeClock
) -> None:
    (first,) = ask(engine, clock, "one")
    (second,) = ask(engine, clock, "two")
    stored = bulk.apply(AS_BEFORE, 2, "lea")
    (again,) = ask(engine, clock, "one")  # as an audit of a verified answer may be
    assert again != first
    undone = bulk.undo(stored.id, "lea")
    assert (undone.withdrawn, undone.left) == (1, 1)
    states = [reader_of(engine, clock).history(one).task.state for one in (first, second)]
    assert states == [TaskState.ANSWERED, TaskState.OPEN]
    assert len(verdicts_of(engine, first)) == 1


def test_an_unknown_action_cannot_be_undone(bulk: BulkActions) -> None:
    with pytest.raises(BulkNotFound):
        bulk.undo(uuid4(), "lea")


def test_large_actions_are_taken_in_parts(
    bulk: BulkActions, engine: Engine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.bulk.service.MOST", 2)
    ask(engine, clock, "one", "two", "three")
    assert bulk.preview(AS_BEFORE).more
    assert bulk.apply(AS_BEFORE, 2, "lea").tasks == 2
    assert not bulk.preview(AS_BEFORE).more
    assert bulk.apply(AS_BEFORE, 1, "lea").tasks == 1
    assert [one.tasks for one in bulk.last(10)] in ([1, 2], [2, 1])
