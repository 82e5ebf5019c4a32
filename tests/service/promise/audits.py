"""Short ways to audit answers of a bundle that does not need to answer for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, Select, Table, insert, select, update

from models.bundle.bundle import Bundle
from service.database.engine import transaction
from service.database.tables import (
    Answer,
    Decision,
    DecisionRow,
    EventRow,
    LabelSampleRow,
    PromiseEstimateRow,
    PromiseOverrideRow,
    PromiseWatchRow,
    ReviewTaskRow,
    Stream,
    TaskStage,
    TaskState,
    VerdictRow,
)
from service.promise.effective import Effective, read_effective
from service.promise.watching import PromiseWatcher, WatchPolicy
from service.review.service import ReviewQueue
from tests.service.conftest import FakeClock
from tests.service.promise.promises import PHONES, TARGET
from tests.service.review.queues import ask, query_key, queue_of

POLICY = WatchPolicy(false_alarm=0.05, confidence=0.9)
RIGHT, WRONG = "p1", "p2"  # of the review queue's small catalogue; every sample is of RIGHT


@dataclass
class Deployment:
    """A service without HTTP: its audits, their verdicts, and what becomes of its promise."""

    engine: Engine
    clock: FakeClock
    bundle: Bundle
    target: float = TARGET
    served: bool = True  # whether the bundle answers here
    queue: ReviewQueue = field(init=False)
    watcher: PromiseWatcher = field(init=False)

    def __post_init__(self) -> None:
        self.watcher = PromiseWatcher(self.clock, uuid4, POLICY, self.target, self._find)
        plain = queue_of(self.engine, self.clock)
        self.queue = ReviewQueue(
            engine=self.engine,
            clock=self.clock,
            has_product=plain.has_product,
            listeners=(self.watcher,),
            new_id=uuid4,
            lease_min_seconds=10,
            lease_max_seconds=3600,
        )

    def _find(self, bundle_id: str) -> Bundle | None:
        return self.bundle if self.served and bundle_id == self.bundle.bundle_id else None

    def draw(
        self,
        threshold: float,
        *,
        group: str | None = PHONES,
        decision: Decision = Decision.AUTO_ACCEPT,
        share: float = 0.05,
        stream: Stream = Stream.AUDIT,
        text: str | None = None,
        target: float | None = None,
        deciding: float = 0.9,
    ) -> UUID:
        """Give an answer that is drawn to be labelled; returns its task."""
        self.clock.advance(1)
        text = text or uuid4().hex
        (task_id,) = ask(self.engine, self.clock, text)
        shared: dict[str, Any] = {
            "decision": decision,
            "bundle_id": self.bundle.bundle_id,
            "group_name": group,
            "product_id": RIGHT,
            "threshold": threshold,
            "created_at": self.clock.now,
        }
        answered = {
            "id": uuid4(),
            "source": "shop",
            "query_key": query_key(text),
            "text": text,
            "score": deciding,
            "target_precision": self.target if target is None else target,
            "review_task_id": task_id,
        }
        sample = {
            "id": uuid4(),
            "stream": stream,
            "decision_id": answered["id"],
            "task_id": task_id,
            "inclusion_probability": share,
            "deciding": deciding,
        }
        with transaction(self.engine) as connection:
            connection.execute(insert(DecisionRow).values(**shared, **answered))
            connection.execute(insert(LabelSampleRow).values(**shared, **sample))
        return task_id

    def answer(self, task_id: UUID, answer: Answer, *products: str) -> None:
        """Say this about a task, whatever waits before it."""
        self.clock.advance(1)
        claimed = {task.id: task for task in self.queue.claim("ann", 1000, 3600)}
        token = claimed[task_id].lease_token
        assert token is not None
        for other in claimed.values():
            if other.id != task_id and other.lease_token is not None:
                self.queue.release(other.id, other.lease_token, "ann")
        self.queue.submit(task_id, token, "ann", answer, products)

    def answer_unsure_for_good(self, task_id: UUID) -> None:
        """Say `unsure` as a release without second opinions stored it: as the final verdict."""
        self.clock.advance(1)
        verdict_id, now = uuid4(), self.clock.now
        given = {
            "id": verdict_id,
            "task_id": task_id,
            "stage": TaskStage.OPINION,
            "origin": "queue",
            "answer": Answer.UNSURE,
            "product_ids": [],
            "person": "ann",
            "created_at": now,
        }
        answered = {"state": TaskState.ANSWERED, "answered_at": now, "verdict_id": verdict_id}
        with transaction(self.engine) as connection:
            connection.execute(insert(VerdictRow).values(**given))
            of_task = update(ReviewTaskRow).where(ReviewTaskRow.id == task_id)
            connection.execute(of_task.values(**answered))
            self.watcher.verdict_given(connection, task_id)

    def audit(self, *rights: bool | None, threshold: float, **options: Any) -> None:
        """Draw answers and have each found right, wrong, or (None) not sure."""
        for right in rights:
            self.judge(self.draw(threshold, **options), right)

    def judge(self, task_id: UUID, right: bool | None) -> None:
        if right is None:
            self.answer_unsure_for_good(task_id)
        else:
            self.answer(task_id, Answer.ACCEPTED, RIGHT if right else WRONG)

    def break_promise(self, threshold: float, **options: Any) -> int:
        """Find answers wrong until there is one more override; returns how many it took."""
        before = len(self.overrides())
        for wrong in range(1, 200):
            self.audit(False, threshold=threshold, **options)
            if len(self.overrides()) > before:
                return wrong
        raise AssertionError("200 wrong answers in a row break no promise")

    def effective(self, target: float | None = None) -> Effective:
        with transaction(self.engine) as connection:
            return read_effective(connection, self.bundle, target or self.target)

    def watches(self) -> Sequence[Any]:
        return self._rows(PromiseWatchRow, PromiseWatchRow.started_at)

    def estimates(self) -> Sequence[Any]:
        return self._rows(PromiseEstimateRow, PromiseEstimateRow.id)

    def overrides(self) -> Sequence[Any]:
        return self._rows(PromiseOverrideRow, PromiseOverrideRow.created_at)

    def events(self) -> Sequence[Any]:
        return [one for one in self._rows(EventRow, EventRow.id) if one.subject == "promise"]

    def _rows(self, of: Any, order: Any) -> Sequence[Any]:
        table: Table = of.__table__
        query: Select[Any] = select(table).order_by(order)
        with transaction(self.engine) as connection:
            return connection.execute(query).all()
