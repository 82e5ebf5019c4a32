"""The service that decides, and short ways to ask it and to answer its tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, select

from service.audit.sampling import Sampling
from service.database.engine import transaction
from service.database.tables import Answer
from service.drift.recorder import Monotonic, TrafficRecorder
from service.metrics import Metrics, create_metrics
from service.recommend.decided import Decided, Outcome
from service.recommend.identifiers import new_id
from service.recommend.in_force import PromisesInForce
from service.recommend.jobs import Job
from service.recommend.service import DecisionService
from service.review.head_starts import HeadStarts
from service.rulings.ruled_texts import RuledTexts
from service.rulings.service import RulingKeeper
from tests.service.conftest import FakeClock
from tests.service.review.queues import queue_of

NO_HEAD_STARTS = HeadStarts(
    priority_hours=0.0,
    value_attribute=None,
    value_hours=0.0,
    near_band=0.05,
    near_hours=0.0,
    audit_hours=0.0,
)


def decision_service(
    engine: Engine,
    clock: FakeClock,
    metrics: Metrics | None = None,
    *,
    audit_share: float = 0.0,
    calibration_share: float = 0.0,
    lot: Callable[[], float] = lambda: 0.5,
    answer_no_match: bool = True,
    monotonic: Monotonic = lambda: 0.0,
    head_starts: HeadStarts = NO_HEAD_STARTS,
) -> DecisionService:
    """Return a service that draws no samples unless it is told to."""
    return DecisionService(
        engine=engine,
        clock=clock,
        metrics=metrics or create_metrics(),
        new_id=new_id,
        promises=PromisesInForce(),
        sampling=Sampling(audit_share, calibration_share, lot),
        answer_no_match=answer_no_match,
        traffic=TrafficRecorder(monotonic),
        ruled_texts=RuledTexts(clock, monotonic),
        head_starts=head_starts,
    )


def outcomes(decisions: DecisionService, *jobs: Job) -> list[Outcome]:
    """Decide, and expect that the database was there."""
    found = []
    for outcome in decisions.decide(jobs):
        assert isinstance(outcome, Outcome)
        found.append(outcome)
    return found


def decide(decisions: DecisionService, *jobs: Job) -> list[list[Decided]]:
    """Decide, and expect whole answers."""
    found = outcomes(decisions, *jobs)
    assert all(outcome.degraded is None for outcome in found)
    return [list(outcome.decided) for outcome in found]


def rows(engine: Engine, table: type[Any]) -> list[Any]:
    with transaction(engine) as connection:
        return list(connection.execute(select(table.__table__)).all())


def answer_task(
    engine: Engine, clock: FakeClock, answer: Answer, product_ids: tuple[str, ...] = ()
) -> None:
    """Let ann answer the task that is next."""
    queue = replace(
        queue_of(engine, clock), has_product=lambda _: True, listeners=(RulingKeeper(clock),)
    )
    (task,) = queue.claim("ann", 1, 60)
    assert task.lease_token is not None
    queue.submit(task.id, task.lease_token, "ann", answer, product_ids)
