from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from service.database.engine import transaction
from service.database.tables import ReviewTaskRow, TaskKind
from service.review import repository
from service.review.tasks import NewTask
from tests.service.conftest import FakeClock
from tests.service.review.queues import new_task, queue_of

HOUR = timedelta(hours=1)


def task(text: str, hours: float = 0, priority: int = 0) -> NewTask:
    return replace(new_task(text), head_start=hours * HOUR, priority=priority)


def open_tasks(engine: Engine, clock: FakeClock, *tasks: NewTask) -> None:
    with transaction(engine) as connection:
        repository.open_tasks(connection, clock, tasks)


def claimed(engine: Engine, clock: FakeClock) -> Sequence[str]:
    return [one.text for one in queue_of(engine, clock).claim("ann", 50, 60)]


def stored(engine: Engine) -> tuple[object, int]:
    """Return when the only task is due and its priority."""
    with engine.connect() as connection:
        query = select(ReviewTaskRow.due_at, ReviewTaskRow.priority)
        due_at, priority = connection.execute(query).one()
    return due_at, priority


def test_a_task_is_due_when_it_was_made_less_its_head_start(
    engine: Engine, clock: FakeClock
) -> None:
    open_tasks(engine, clock, task("bosch", hours=2.5, priority=3))
    assert stored(engine) == (clock.now - 2.5 * HOUR, 3)


def test_tasks_are_handed_out_as_they_are_due_and_waiting_counts_as_well(
    engine: Engine, clock: FakeClock
) -> None:
    open_tasks(engine, clock, task("patient"))
    clock.advance(3600)
    open_tasks(engine, clock, task("urgent", hours=1.5), task("later", hours=0.5))
    assert claimed(engine, clock) == ["urgent", "patient", "later"]


def test_a_query_that_is_asked_again_more_urgently_moves_forward(
    engine: Engine, clock: FakeClock
) -> None:
    made_at = clock.now
    open_tasks(engine, clock, task("bosch", hours=1, priority=1))
    clock.advance(86_400)
    open_tasks(engine, clock, task("bosch", hours=3, priority=3))
    assert stored(engine) == (made_at - 3 * HOUR, 3)


@pytest.mark.parametrize("again", [task("bosch"), task("bosch", hours=1, priority=1)])
def test_a_query_that_is_asked_again_is_never_moved_back(
    engine: Engine, clock: FakeClock, again: NewTask
) -> None:
    open_tasks(engine, clock, task("bosch", hours=1, priority=1))
    before = stored(engine)
    clock.advance(86_400)
    open_tasks(engine, clock, again)
    assert stored(engine) == before


def test_of_the_same_query_in_one_request_the_most_urgent_counts(
    engine: Engine, clock: FakeClock
) -> None:
    audit = replace(task("bosch", hours=9), kind=TaskKind.AUDIT)
    open_tasks(engine, clock, audit, task("bosch", hours=1, priority=4), task("bosch"))
    assert stored(engine) == (clock.now - 9 * HOUR, 4)
    [one] = queue_of(engine, clock).claim("ann", 1, 60)
    assert (one.kind, one.times_asked) == (TaskKind.REVIEW, 3)
