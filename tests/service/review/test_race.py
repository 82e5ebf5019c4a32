"""16 people and 10,000 tasks against a real PostgreSQL, as in `make benchmark-claims`."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import URL, ColumnElement, Engine, func, select

from benchmarks.claims.race import claim_with, fill, race
from service.clock import database_clock
from service.database.engine import open_engine, transaction
from service.database.tables import EventRow, ReviewTaskRow, TaskState
from tests.service.review.queues import queue_of

PEOPLE, TASKS = 16, 10_000


def test_everybody_at_once_gets_every_task_once(engine: Engine, database_url: URL) -> None:
    opened = fill(engine, TASKS)
    everybody = open_engine(database_url, pool_size=PEOPLE, timeout_seconds=60)
    one = claim_with(queue_of(everybody, database_clock), 1)
    many = claim_with(queue_of(everybody, database_clock), 7)
    found = race(lambda person: (many if person.endswith("5") else one)(person), PEOPLE, TASKS)
    everybody.dispose()
    assert Counter(found.handed_out) == Counter(opened)
    assert _counts(engine, ReviewTaskRow.state) == {TaskState.LEASED: TASKS}
    assert _counts(engine, EventRow.kind) == {"created": TASKS, "claimed": TASKS}


def test_a_queue_that_is_too_small_ends_the_race(engine: Engine) -> None:
    opened = fill(engine, 5)
    found = race(claim_with(queue_of(engine, database_clock), 2), 2, 100)
    assert sorted(found.handed_out) == sorted(opened)


def _counts(engine: Engine, column: Any) -> dict[Any, int]:
    counted: ColumnElement[int] = func.count()
    with transaction(engine) as connection:
        rows = connection.execute(select(column, counted).group_by(column))
        return {row[0]: row[1] for row in rows}
