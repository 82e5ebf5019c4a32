"""Which tasks somebody gets: the order, what is left out, and what may be wished for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import URL, Engine, text

from service.database.engine import open_engine, transaction
from service.database.tables import Answer, TaskStage, TaskState
from service.errors import TaskClosed, TeamNotFound
from service.review import repository
from service.review.claiming import Wish
from service.review.listing import TaskFilter
from service.review.policy import Opening
from service.review.service import ReviewQueue
from service.teams.service import Teams
from tests.service.conftest import FakeClock
from tests.service.review.queues import event_kinds, new_task, query_key, queue_of, reader_of
from tests.service.review.test_second_opinions import get, open_task, say

READ_WITHOUT_INDEX = "select seq_tup_read from pg_stat_user_tables where relname = 'review_tasks'"


@pytest.fixture
def queue(engine: Engine, clock: FakeClock) -> ReviewQueue:
    return queue_of(engine, clock)


@pytest.fixture
def teams(engine: Engine, clock: FakeClock) -> Teams:
    return Teams(engine, clock)


def test_what_is_due_first_comes_first(queue: ReviewQueue, clock: FakeClock) -> None:
    old = open_task(queue, "old")
    clock.advance(60)
    urgent = open_with(queue, "urgent", head_start=timedelta(seconds=90))
    calm = open_with(queue, "calm", head_start=timedelta(seconds=30))
    assert claimed(queue, "ann") == [urgent, old, calm]


def test_a_skipped_task_comes_after_all_that_were_skipped_less(
    queue: ReviewQueue, clock: FakeClock
) -> None:
    first = open_task(queue, "first")
    clock.advance(1)
    second = open_task(queue, "second")
    [task] = queue.claim("ann", 1, 60)
    assert task.lease_token is not None
    queue.release(first, task.lease_token, "ann", skip=True, reason="not_my_field")
    assert claimed(queue, "ann") == [second, first]
    skipped = reader_of(queue.engine, clock).history(first).events[-2]
    assert (skipped.kind, skipped.details) == ("skipped", {"reason": "not_my_field"})


class TestWishes:
    @pytest.fixture(autouse=True)
    def _tasks(self, queue: ReviewQueue) -> None:
        self.bosch = open_with(queue, "a", {"brand": "Bosch", "kind": "fridge"})
        self.beko = open_with(queue, "b", {"brand": "Beko"})
        self.other = open_with(queue, "c", {"brand": "Bosch"}, source="other shop")

    @pytest.mark.parametrize(
        ("attributes", "names"),
        [
            ({"brand": "Bosch"}, ["bosch", "other"]),
            ({"brand": "Bosch", "kind": "fridge"}, ["bosch"]),
            ({"brand": "Miele"}, []),
        ],
    )
    def test_attributes(
        self, queue: ReviewQueue, attributes: Mapping[str, str], names: Sequence[str]
    ) -> None:
        found = claimed(queue, "ann", Wish(attributes=attributes))
        assert sorted(found) == sorted(getattr(self, name) for name in names)

    def test_source(self, queue: ReviewQueue) -> None:
        assert claimed(queue, "ann", Wish(source="other shop")) == [self.other]

    def test_all_of_them(self, queue: ReviewQueue) -> None:
        wish = Wish({"brand": "Beko"}, source="other shop")
        assert claimed(queue, "ann", wish) == []

    def test_adjudications_alone(self, queue: ReviewQueue) -> None:
        queue.assign([self.beko, self.other], "nobody", "boss")
        say(queue, "ann", Answer.UNSURE)
        say(queue, "ben", Answer.NONE)
        queue.assign([self.beko, self.other], None, "boss")
        wish = Wish(stage=TaskStage.ADJUDICATION)
        assert claimed(queue, "cas", wish) == [self.bosch]
        others = claimed(queue, "dee", Wish(stage=TaskStage.OPINION))
        assert sorted(others) == sorted([self.beko, self.other])

    def test_a_wish_changes_no_task(self, queue: ReviewQueue) -> None:
        before = get(queue, self.bosch)
        claimed(queue, "ann", Wish({"brand": "Bosch"}, "shop", stage=TaskStage.OPINION))
        after = get(queue, self.bosch)
        assert (after.attributes, after.source) == (before.attributes, before.source)


class TestAssignment:
    @pytest.fixture(autouse=True)
    def _tasks(self, queue: ReviewQueue) -> None:
        self.one, self.two = open_task(queue, "one"), open_task(queue, "two")

    def test_nobody_else_gets_the_task_of_a_person(self, queue: ReviewQueue) -> None:
        assert queue.assign([self.one], "ann", "boss").assigned == 1
        assert claimed(queue, "ben") == [self.two]
        assert claimed(queue, "ann") == [self.one]

    def test_a_team_gets_its_tasks(self, queue: ReviewQueue, teams: Teams) -> None:
        teams.put("phones", ["ann", "ben"], by="boss")
        queue.assign([self.one], "team:phones", "boss")
        assert claimed(queue, "cas") == [self.two]
        assert claimed(queue, "ben") == [self.one]

    def test_one_can_ask_for_what_is_assigned_to_one(
        self, queue: ReviewQueue, teams: Teams
    ) -> None:
        teams.put("phones", ["ann"], by="boss")
        queue.assign([self.two], "team:phones", "boss")
        assert claimed(queue, "ann", Wish(assigned=True)) == [self.two]
        assert claimed(queue, "ben", Wish(assigned=True)) == []

    def test_a_filter_chooses_what_waits(self, queue: ReviewQueue) -> None:
        say(queue, "ann", Answer.NONE)
        found = queue.assign(TaskFilter(source="shop"), "ben", "boss")
        assert (found.assigned, found.more) == (1, False)
        assert queue.assign(TaskFilter(source="shop"), "ben", "boss").assigned == 0
        assert queue.assign(TaskFilter(source="other"), "ben", "boss").assigned == 0

    def test_what_waits_no_more_is_named(self, queue: ReviewQueue) -> None:
        say(queue, "ann", Answer.NONE)
        unknown = UUID(int=7)
        found = queue.assign([self.one, self.two, unknown], "ben", "boss")
        assert found.assigned == 1
        [answered] = [one for one in (self.one, self.two) if get(queue, one).verdict_id]
        assert set(found.left_out) == {answered, unknown}

    def test_every_assignment_is_in_the_journal(self, queue: ReviewQueue) -> None:
        queue.assign([self.one], "ann", "boss")
        queue.assign([self.one], None, "lead")
        *_, first, second = reader_of(queue.engine, queue.clock).history(self.one).events
        assert (first.kind, first.actor, first.details) == (
            "assigned",
            "boss",
            {"to": "ann", "before": None},
        )
        assert (second.actor, second.details) == ("lead", {"to": None, "before": "ann"})

    def test_a_team_that_does_not_exist_gets_nothing(self, queue: ReviewQueue) -> None:
        with pytest.raises(TeamNotFound):
            queue.assign([self.one], "team:phones", "boss")
        assert get(queue, self.one).assigned_to is None

    def test_a_live_lease_stays(self, queue: ReviewQueue) -> None:
        [task] = queue.claim("ben", 1, 60)
        assert task.lease_token is not None
        queue.assign([task.id], "ann", "boss")
        queue.submit(task.id, task.lease_token, "ben", Answer.NONE)


class TestTime:
    def test_a_claim_takes_all_ended_leases_back(
        self, queue: ReviewQueue, clock: FakeClock
    ) -> None:
        first, second = open_task(queue, "first"), open_task(queue, "second")
        queue.claim("ann", 2, 60)
        clock.advance(60)
        queue.claim("ben", 1, 60)
        states = {get(queue, one).state for one in (first, second)}
        assert states == {TaskState.LEASED, TaskState.OPEN}
        expired = reader_of(queue.engine, clock).history(first).events[2]
        assert (expired.kind, expired.actor) == ("expired", "ann")

    def test_a_task_that_outlived_its_time_is_closed(
        self, queue: ReviewQueue, clock: FakeClock
    ) -> None:
        short = replace(queue, opening=Opening(lifetime=timedelta(seconds=100)))
        task_id = open_task(short)
        clock.advance(99)
        [task] = queue.claim("ann", 1, 60)
        assert task.lease_token is not None
        queue.release(task_id, task.lease_token, "ann")
        clock.advance(1)
        assert queue.claim("ann", 1, 60) == []
        closed = get(queue, task_id)
        assert (closed.state, closed.close_reason) == (TaskState.CLOSED, "expired")
        assert closed.closed_at == clock.now
        assert event_kinds(queue.engine, task_id)[-1] == "closed"
        with pytest.raises(TaskClosed):
            queue.renew(task_id, task.lease_token, "ann", 60)

    def test_a_live_lease_may_outlive_the_task(self, queue: ReviewQueue, clock: FakeClock) -> None:
        short = replace(queue, opening=Opening(lifetime=timedelta(seconds=100)))
        task_id = open_task(short)
        [task] = queue.claim("ann", 1, 300)
        clock.advance(200)
        queue.claim("ben", 1, 60)
        assert task.lease_token is not None
        queue.submit(task_id, task.lease_token, "ann", Answer.NONE)
        assert get(queue, task_id).state is TaskState.ANSWERED

    def test_being_asked_again_keeps_a_task_alive(
        self, queue: ReviewQueue, clock: FakeClock
    ) -> None:
        short = replace(queue, opening=Opening(lifetime=timedelta(seconds=100)))
        task_id = open_task(short)
        clock.advance(99)
        assert open_task(short) == task_id
        clock.advance(99)
        assert claimed(queue, "ann") == [task_id]

    def test_a_closed_query_asked_again_is_a_new_task(
        self, queue: ReviewQueue, clock: FakeClock
    ) -> None:
        short = replace(queue, opening=Opening(lifetime=timedelta(seconds=100)))
        closed = open_task(short)
        clock.advance(100)
        queue.claim("ann", 1, 60)
        assert open_task(short) != closed

    def test_without_a_lifetime_tasks_wait_for_ever(
        self, queue: ReviewQueue, clock: FakeClock
    ) -> None:
        task_id = open_task(queue)
        clock.advance(10**9)
        assert claimed(queue, "ann") == [task_id]


def test_neither_the_sweep_nor_the_claim_reads_a_long_queue(
    queue: ReviewQueue, database_url: URL
) -> None:
    """Of 5,000 waiting tasks a claim reads the first: both find by index what they need."""
    with transaction(queue.engine) as connection:
        new = [new_task(f"query {number}") for number in range(5000)]
        repository.open_tasks(connection, queue.clock, new)
    # One connection: each tells PostgreSQL what it has read when it likes, or is asked to.
    engine = open_engine(database_url, pool_size=1, timeout_seconds=15)
    alone = replace(queue, engine=engine)
    before = _read_without_index(engine, "vacuum analyze review_tasks")
    for person in ("ann", "ben", "cas"):
        alone.claim(person, 1, 60)
    assert _read_without_index(engine, "select 1") - before < 100
    engine.dispose()


def _read_without_index(engine: Engine, first: str) -> int:
    """Run a statement; return how many tasks were ever read without an index."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(first))
        connection.execute(text("select pg_stat_force_next_flush()"))
        count: int = connection.execute(text(READ_WITHOUT_INDEX)).scalar_one()
    return count


def open_with(
    queue: ReviewQueue,
    asked: str,
    attributes: Mapping[str, str] | None = None,
    source: str = "shop",
    head_start: timedelta = timedelta(0),
) -> UUID:
    task = replace(new_task(asked, source), attributes=attributes or {}, head_start=head_start)
    with transaction(queue.engine) as connection:
        return repository.open_tasks(connection, queue.clock, [task])[query_key(asked, source)]


def claimed(queue: ReviewQueue, person: str, wish: Wish | None = None) -> list[UUID]:
    return [task.id for task in queue.claim(person, 50, 60, wish or Wish())]
