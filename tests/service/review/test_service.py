from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from service.database.tables import Answer, TaskState
from service.errors import (
    AlreadyAnswered,
    AnswerInconsistent,
    DatabaseUnavailable,
    InvalidCursor,
    LeaseLost,
    LeaseSecondsOutOfRange,
    OneProductOnly,
    ProductNotFound,
    TaskNotFound,
)
from service.review.listing import TaskFilter
from service.review.reading import QueueReader
from service.review.service import ReviewQueue
from service.review.tasks import ReviewTask
from tests.service.conftest import FakeClock
from tests.service.review.queues import ask, event_kinds, queue_of


@pytest.fixture
def queue(engine: Engine, clock: FakeClock) -> ReviewQueue:
    return queue_of(engine, clock)


def test_the_oldest_task_is_claimed_first(queue: ReviewQueue, clock: FakeClock) -> None:
    oldest = _ask_one(queue, clock, "oldest")
    _ask_one(queue, clock, "newest")
    (task,) = queue.claim("ann", 1, 60)
    assert (task.id, task.state, task.lease_owner) == (oldest, TaskState.LEASED, "ann")
    assert task.lease_until == clock.now + timedelta(seconds=60)


def test_an_empty_queue_hands_out_nothing(queue: ReviewQueue) -> None:
    assert queue.claim("ann", 50, 60) == []


def test_a_leased_task_is_handed_out_again_only_after_its_lease(
    queue: ReviewQueue, clock: FakeClock, engine: Engine
) -> None:
    task_id = _ask_one(queue, clock, "bosch")
    queue.claim("ann", 1, 60)
    clock.advance(59)
    assert queue.claim("ben", 1, 60) == []
    clock.advance(1)
    assert [task.id for task in queue.claim("ben", 1, 60)] == [task_id]
    assert event_kinds(engine, task_id) == ["created", "claimed", "expired", "claimed"]


def test_a_renewed_lease_lasts_longer(queue: ReviewQueue, clock: FakeClock) -> None:
    task_id, token = _claim_one(queue, clock)
    clock.advance(50)
    assert queue.renew(task_id, token, "ann", 60).lease_until == clock.now + timedelta(seconds=60)
    clock.advance(59)
    assert queue.claim("ben", 1, 60) == []


def test_a_skipped_task_goes_behind_the_others(queue: ReviewQueue, clock: FakeClock) -> None:
    first, token = _claim_one(queue, clock)
    second = _ask_one(queue, clock, "second")
    queue.release(first, token, "ann", skip=True)
    assert [task.id for task in queue.claim("ann", 2, 60)] == [second, first]


def test_a_released_task_keeps_its_place(queue: ReviewQueue, clock: FakeClock) -> None:
    first, token = _claim_one(queue, clock)
    second = _ask_one(queue, clock, "second")
    queue.release(first, token, "ann")
    assert [task.id for task in queue.claim("ann", 2, 60)] == [first, second]


def test_a_verdict_is_recorded_with_the_person_and_the_comment(
    queue: ReviewQueue, clock: FakeClock
) -> None:
    task_id, token = _claim_one(queue, clock)
    given = queue.submit(task_id, token, "ann", Answer.ACCEPTED, ["p2", "p2"], "other colour")
    stored = given.verdict
    history = _reader(queue).history(task_id)
    assert history.verdict == stored
    assert (stored.product_ids, stored.comment, stored.person) == (("p2",), "other colour", "ann")
    assert stored.created_at == clock.now == history.task.answered_at
    assert [event.kind for event in history.events] == ["created", "claimed", "answered"]


def test_a_product_outside_the_candidates_can_be_accepted(
    queue: ReviewQueue, clock: FakeClock
) -> None:
    task_id, token = _claim_one(queue, clock)
    stored = queue.submit(task_id, token, "ann", Answer.ACCEPTED, ["p4"]).verdict
    assert stored.product_ids == ("p4",)


def test_a_product_outside_the_catalogue_is_refused(queue: ReviewQueue, clock: FakeClock) -> None:
    task_id, token = _claim_one(queue, clock)
    with pytest.raises(ProductNotFound, match="'p99'"):
        queue.submit(task_id, token, "ann", Answer.ACCEPTED, ["p1", "p99"])
    assert _reader(queue).history(task_id).task.state is TaskState.LEASED


@pytest.mark.parametrize(
    ("answer", "products"),
    [(Answer.ACCEPTED, []), (Answer.NONE, ["p1"]), (Answer.UNSURE, ["p1"])],
)
def test_products_come_with_accepted_and_only_with_it(
    queue: ReviewQueue, clock: FakeClock, answer: Answer, products: Sequence[str]
) -> None:
    task_id, token = _claim_one(queue, clock)
    with pytest.raises(AnswerInconsistent):
        queue.submit(task_id, token, "ann", answer, products)


Change = Callable[[ReviewQueue, UUID, UUID], object]
CHANGES: list[Change] = [
    lambda queue, task_id, token: queue.renew(task_id, token, "ann", 60),
    lambda queue, task_id, token: queue.submit(task_id, token, "ann", Answer.NONE),
    lambda queue, task_id, token: queue.release(task_id, token, "ann"),
]


@pytest.mark.parametrize("change", CHANGES, ids=["renew", "submit", "release"])
class TestNoChangeWithoutALiveLease:
    def test_another_token(self, queue: ReviewQueue, clock: FakeClock, change: Change) -> None:
        task_id, _ = _claim_one(queue, clock)
        with pytest.raises(LeaseLost):
            change(queue, task_id, uuid4())

    def test_an_ended_lease(self, queue: ReviewQueue, clock: FakeClock, change: Change) -> None:
        task_id, token = _claim_one(queue, clock)
        clock.advance(60)
        with pytest.raises(LeaseLost):
            change(queue, task_id, token)

    def test_an_answered_task(self, queue: ReviewQueue, clock: FakeClock, change: Change) -> None:
        task_id, token = _claim_one(queue, clock)
        queue.submit(task_id, token, "ann", Answer.NONE)
        with pytest.raises(AlreadyAnswered):
            change(queue, task_id, token)

    def test_an_unknown_task(self, queue: ReviewQueue, change: Change) -> None:
        with pytest.raises(TaskNotFound):
            change(queue, uuid4(), uuid4())


@pytest.mark.parametrize("seconds", [9, 3601])
def test_leases_outside_the_limits_are_refused(
    queue: ReviewQueue, clock: FakeClock, seconds: int
) -> None:
    task_id, token = _claim_one(queue, clock)
    with pytest.raises(LeaseSecondsOutOfRange, match="10 to 3600"):
        queue.claim("ann", 1, seconds)
    with pytest.raises(LeaseSecondsOutOfRange):
        queue.renew(task_id, token, "ann", seconds)


def test_two_people_claiming_at_once_never_get_the_same_task(
    queue: ReviewQueue, clock: FakeClock
) -> None:
    asked = ask(queue.engine, clock, *[f"query {number}" for number in range(60)])

    def work(person: str) -> list[UUID]:
        return [task.id for _ in range(15) for task in queue.claim(person, 2, 60)]

    with ThreadPoolExecutor(2) as pool:
        ann, ben = pool.map(work, ["ann", "ben"])
    assert sorted(ann + ben) == sorted(asked)


def test_one_of_many_submits_at_once_wins(queue: ReviewQueue, clock: FakeClock) -> None:
    task_id, token = _claim_one(queue, clock)

    def submit(answer: Answer) -> bool:
        try:
            queue.submit(task_id, token, "ann", answer, ["p1"][: answer is Answer.ACCEPTED])
        except AlreadyAnswered:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(submit, [Answer.NONE, Answer.ACCEPTED] * 2))
    assert won.count(True) == 1


def test_the_token_of_somebody_else_is_of_no_use(queue: ReviewQueue, clock: FakeClock) -> None:
    task_id, token = _claim_one(queue, clock)
    with pytest.raises(LeaseLost):
        queue.submit(task_id, token, "ben", Answer.NONE)


def test_pages_cover_every_task_once_oldest_first(queue: ReviewQueue, clock: FakeClock) -> None:
    for moment in range(4):
        ask(queue.engine, clock, f"{moment} a", f"{moment} b")
        clock.advance(1)
    listed = _all_pages(queue, limit=3)
    assert len({task.id for task in listed}) == 8
    assert all(
        (one.created_at, one.id) < (next_one.created_at, next_one.id)
        for one, next_one in pairwise(listed)
    )


def test_a_full_last_page_has_no_cursor(queue: ReviewQueue, clock: FakeClock) -> None:
    ask(queue.engine, clock, "a", "b")
    assert _reader(queue).page(2).next_cursor is None


def test_the_list_is_filtered_by_state_and_source(queue: ReviewQueue, clock: FakeClock) -> None:
    claimed, _ = _claim_one(queue, clock)
    waiting = _ask_one(queue, clock, "waiting")
    (other,) = ask(queue.engine, clock, "other", source="other shop")
    assert [task.id for task in _page(queue, TaskFilter(state=TaskState.LEASED))] == [claimed]
    found = _page(queue, TaskFilter(TaskState.OPEN, "shop"))
    assert [task.id for task in found] == [waiting]
    assert [task.id for task in _page(queue, TaskFilter(source="other shop"))] == [other]


def test_an_invented_cursor_is_refused(queue: ReviewQueue) -> None:
    with pytest.raises(InvalidCursor):
        _reader(queue).page(9, cursor="invented")


def test_the_history_of_an_unknown_task_is_refused(queue: ReviewQueue) -> None:
    with pytest.raises(TaskNotFound):
        _reader(queue).history(uuid4())


def test_a_database_that_is_away_is_said(
    stoppable_database: tuple[Engine, Callable[[], None]], clock: FakeClock
) -> None:
    engine, stop = stoppable_database
    queue = queue_of(engine, clock)
    stop()
    with pytest.raises(DatabaseUnavailable):
        queue.claim("ann", 1, 60)


def _ask_one(queue: ReviewQueue, clock: FakeClock, text: str) -> UUID:
    (task_id,) = ask(queue.engine, clock, text)
    clock.advance(1)
    return task_id


def _reader(queue: ReviewQueue) -> QueueReader:
    return QueueReader(queue.engine, queue.clock)


def _page(queue: ReviewQueue, chosen: TaskFilter) -> Sequence[ReviewTask]:
    return _reader(queue).page(9, chosen=chosen).rows


def _claim_one(queue: ReviewQueue, clock: FakeClock) -> tuple[UUID, UUID]:
    _ask_one(queue, clock, "bosch kgn39")
    (task,) = queue.claim("ann", 1, 60)
    assert task.lease_token is not None
    return task.id, task.lease_token


def _all_pages(queue: ReviewQueue, limit: int) -> list[ReviewTask]:
    page = _reader(queue).page(limit)
    listed = list(page.rows)
    while page.next_cursor is not None:
        page = _reader(queue).page(limit, cursor=page.next_cursor)
        listed.extend(page.rows)
    return listed


def test_where_one_product_is_right_no_second_one_is_taken(
    engine: Engine, clock: FakeClock
) -> None:
    queue = replace(queue_of(engine, clock), several_products=False)
    task_id, token = _claim_one(queue, clock)
    with pytest.raises(OneProductOnly):
        queue.submit(task_id, token, "ann", Answer.ACCEPTED, ["p1", "p2"])
    given = queue.submit(task_id, token, "ann", Answer.ACCEPTED, ["p1", "p1"])
    assert given.verdict.product_ids == ("p1",)
