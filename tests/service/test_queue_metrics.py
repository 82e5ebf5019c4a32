from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from prometheus_client import CollectorRegistry
from sqlalchemy import Engine, insert

from service.database.engine import transaction
from service.database.tables import (
    Answer,
    ReviewTaskRow,
    TaskKind,
    TaskStage,
    TaskState,
    VerdictRow,
)
from service.queue_metrics import QueueCollector
from tests.service.conftest import FakeClock

OLDEST = "alc_review_oldest_open_task_created_timestamp_seconds"


def _registry(engine: Engine) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(QueueCollector(engine))
    return registry


def _add_task(engine: Engine, clock: FakeClock, state: TaskState) -> None:
    leased, answered = state is TaskState.LEASED, state is TaskState.ANSWERED
    task_id, verdict_id = uuid4(), uuid4()
    task = {
        "id": task_id,
        "kind": TaskKind.REVIEW,
        "state": state,
        "source": "shop",
        "query_key": uuid4().bytes,
        "text": "a query",
        "attributes": {},
        "candidates": [],
        "bundle_id": "bundle",
        "times_asked": 1,
        "times_skipped": 0,
        "created_at": clock.now,
        "last_asked_at": clock.now,
        "lease_token": uuid4() if leased else None,
        "lease_owner": "ann" if leased else None,
        "lease_until": clock.now if leased else None,
        "answered_at": clock.now if answered else None,
        "verdict_id": verdict_id if answered else None,
        "stage": TaskStage.ADJUDICATION if state is TaskState.ADJUDICATE else TaskStage.OPINION,
        "opinions_wanted": 1,
        "priority": 0,
        "due_at": clock.now,
    }
    verdict = {
        "id": verdict_id,
        "task_id": task_id,
        "stage": TaskStage.OPINION,
        "origin": "queue",
        "answer": Answer.NONE,
        "product_ids": [],
        "person": "ann",
        "created_at": clock.now,
    }
    with transaction(engine) as connection:
        connection.execute(insert(ReviewTaskRow).values(task))
        if answered:
            connection.execute(insert(VerdictRow).values(verdict))


def test_an_empty_queue_has_counts_but_no_oldest_task(engine: Engine) -> None:
    value = _registry(engine).get_sample_value
    assert value("alc_database_up") == 1
    assert [value("alc_review_tasks", {"state": state.value}) for state in TaskState] == [0] * 5
    assert value(OLDEST) is None


def test_tasks_are_counted_by_state_and_the_oldest_waiting_one_is_timed(
    engine: Engine, clock: FakeClock
) -> None:
    _add_task(engine, clock, TaskState.ANSWERED)
    clock.advance(10)
    oldest = clock.now
    _add_task(engine, clock, TaskState.ADJUDICATE)
    clock.advance(10)
    _add_task(engine, clock, TaskState.LEASED)
    _add_task(engine, clock, TaskState.OPEN)
    _add_task(engine, clock, TaskState.OPEN)
    value = _registry(engine).get_sample_value
    assert [value("alc_review_tasks", {"state": state.value}) for state in TaskState] == [
        2,
        1,
        1,
        1,
        0,
    ]
    assert value(OLDEST) == oldest.timestamp()


def test_without_a_database_only_that_is_said(
    stoppable_database: tuple[Engine, Callable[[], None]],
) -> None:
    engine, stop = stoppable_database
    registry = _registry(engine)
    stop()
    assert [family.name for family in registry.collect()] == ["alc_database_up"]
    assert registry.get_sample_value("alc_database_up") == 0
