"""The rules of bulk actions; every method is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine

from service.bulk import repository
from service.bulk.actions import Preview, StoredBulk, Target, Undone, Wanted
from service.bulk.targets import count_open, targets
from service.clock import SqlClock, time_of
from service.database.engine import transaction
from service.database.events import Event, record
from service.database.tables import Answer, TaskState
from service.errors import BulkChanged, BulkNotFound, BulkUndone, QueryAskedAgain
from service.recommend.keys import text_key
from service.review import undoing
from service.review.answering import give
from service.review.listeners import VerdictListener
from service.review.tasks import BULK, ReviewTask, StoredVerdict, Verdict

SUBJECT = "bulk_action"  # of events
MOST = 500  # tasks of one action: its transaction takes seconds, in which they are locked
SCANNED = 5000  # tasks that are looked at
UNDO_REASON = "bulk action undone"


@dataclass(frozen=True, slots=True)
class BulkActions:
    """Answers many tasks at once, and takes those answers back together.

    A verdict goes the way of all others: events, rulings, watches and webhooks follow from it.
    `lifetime` is what tasks are given that wait again. All methods raise DatabaseUnavailable.
    """

    engine: Engine
    clock: SqlClock
    has_product: Callable[[str], bool]
    listeners: Sequence[VerdictListener]
    new_id: Callable[[], UUID]
    lifetime: timedelta | None = None

    def preview(self, wanted: Wanted) -> Preview:
        """Return what `apply` would answer now."""
        with transaction(self.engine) as connection:
            return self._preview(connection, wanted)

    def apply(self, wanted: Wanted, expected: int, person: str) -> StoredBulk:
        """Answer the tasks that the preview shows, as this person.

        Raises BulkChanged where there are not as many as expected.
        """
        bulk_id = self.new_id()
        with transaction(self.engine) as connection:
            chosen = self._preview(connection, wanted, lock=True).targets
            if len(chosen) != expected:
                raise BulkChanged(
                    f"{expected} tasks were expected and {len(chosen)} fit now; look at the preview"
                    " again. Nothing was changed."
                )
            stored = repository.insert_action(
                connection, self.clock, bulk_id, wanted, len(chosen), person
            )
            at = time_of(connection, self.clock)
            tasks = repository.tasks_by_id(connection, [one.task_id for one in chosen])
            for target in chosen:
                verdict = self._verdict(target, wanted, bulk_id, person)
                self._give(connection, tasks[target.task_id], verdict, at)
            self._record(connection, bulk_id, "applied", person, {"tasks": len(chosen)})
        return stored

    def undo(self, bulk_id: UUID, person: str) -> Undone:
        """Take the action's verdicts back; the tasks wait again.

        Left are those of which people have said something since, and those whose query waits in
        another task. Raises BulkNotFound and BulkUndone.
        """
        with transaction(self.engine) as connection:
            stored = repository.lock_action(connection, bulk_id)
            if stored is None:
                raise BulkNotFound
            if stored.undone_at is not None:
                raise BulkUndone
            final = repository.still_final(connection, bulk_id)
            withdrawn = sum(self._take_back(connection, task_id, person) for task_id in final)
            repository.mark_undone(connection, self.clock, bulk_id, person)
            self._record(connection, bulk_id, "undone", person, {"withdrawn": withdrawn})
        return Undone(withdrawn, stored.tasks - withdrawn)

    def last(self, limit: int) -> list[StoredBulk]:
        """Return the last actions, newest first."""
        with transaction(self.engine) as connection:
            return repository.list_actions(connection, limit)

    def _preview(self, connection: Connection, wanted: Wanted, *, lock: bool = False) -> Preview:
        found = targets(connection, self.clock, wanted, SCANNED, lock=lock)
        fitting = self._fitting(connection, found)
        more = len(fitting) > MOST or len(found) == SCANNED
        return Preview(fitting[:MOST], count_open(connection, wanted), more)

    def _fitting(self, connection: Connection, found: Sequence[Target]) -> list[Target]:
        """Leave out products that the catalogue lacks, or that people blocked for the text."""
        keys = {text_key(one.text) for one in found if one.product_id}
        blocked = repository.blocked_pairs(connection, keys)
        return [
            one
            for one in found
            if one.product_id is None
            or (
                self.has_product(one.product_id)
                and (text_key(one.text), one.product_id) not in blocked
            )
        ]

    def _give(
        self, connection: Connection, task: ReviewTask, verdict: Verdict, at: datetime
    ) -> None:
        given = give(connection, self.clock, task, verdict, at)
        if given.state is TaskState.ANSWERED:
            for listener in self.listeners:
                listener.verdict_given(connection, task.id)

    def _take_back(self, connection: Connection, task_id: UUID, person: str) -> bool:
        try:
            with connection.begin_nested():
                undoing.reopen(
                    connection,
                    self.clock,
                    task_id,
                    lambda verdict: self._withdrawn(verdict, person),
                    person,
                    UNDO_REASON,
                    self.lifetime,
                )
        except QueryAskedAgain:
            return False
        for listener in self.listeners:
            listener.verdict_withdrawn(connection, task_id)
        return True

    def _verdict(self, target: Target, wanted: Wanted, bulk_id: UUID, person: str) -> Verdict:
        return Verdict(
            id=self.new_id(),
            answer=target.answer,
            product_ids=target.product_ids,
            comment=wanted.reason,
            person=person,
            origin=BULK,
            bulk_id=bulk_id,
        )

    def _withdrawn(self, verdict: StoredVerdict, person: str) -> Verdict:
        return Verdict(
            id=self.new_id(),
            answer=Answer.WITHDRAWN,
            product_ids=(),
            comment=UNDO_REASON,
            person=person,
            stage=verdict.stage,
            origin=BULK,
            supersedes=verdict.id,
            bulk_id=verdict.bulk_id,
        )

    def _record(
        self, connection: Connection, bulk_id: UUID, kind: str, person: str, details: dict[str, int]
    ) -> None:
        record(connection, self.clock, [Event(SUBJECT, str(bulk_id), kind, person, details)])
