"""The rules of imports: those of the queue, all rows or none, and twice is as good as once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine

from service.clock import SqlClock, time_of
from service.database.engine import transaction
from service.database.tables import TaskState
from service.errors import ImportRejected
from service.exchange.importing import finding
from service.exchange.importing.idempotency import Repeatable, once
from service.exchange.importing.rows import BadRow, ImportedVerdict, ReadRows
from service.recommend.keys import query_key
from service.review.answering import give
from service.review.listeners import VerdictListener
from service.review.sweep import sweep
from service.review.tasks import IMPORT, ReviewTask, StoredVerdict, Verdict
from service.review.verdicts import current_verdicts

# While an import runs, whoever asks the queries of its tasks waits: some seconds at most.
MAX_ROWS = 2_000


class RejectedRows(ImportRejected):
    """Some rows cannot be imported; `bad` says which, and why. Nothing was changed."""

    def __init__(self, bad: Sequence[BadRow]) -> None:
        """Name the first one in the message."""
        first = bad[0]
        where = f"line {first.line}" + (f", {first.field}" if first.field else "")
        super().__init__(f"{len(bad)} bad rows, nothing was imported. {where}: {first.reason}")
        self.bad = tuple(bad)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of the rows: `imported` ones are new, `unchanged` ones were there before.

    `skipped` ones say nothing: they had been taken back, or cancelled, where they are from.
    """

    imported: int
    unchanged: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Importer:
    """Takes verdicts from elsewhere as opinions on tasks that wait for one.

    A task that somebody holds is answered all the same: their lease ends.
    """

    engine: Engine
    clock: SqlClock
    has_product: Callable[[str], bool]
    listeners: Sequence[VerdictListener]
    new_id: Callable[[], UUID]

    def take(self, read: ReadRows, repeatable: Repeatable | None = None) -> ImportReport:
        """Import all rows in one transaction.

        Raises RejectedRows, and RequestInProgress and IdempotencyKeyReused of a repeated request.
        """
        if read.bad:
            raise RejectedRows(read.bad)
        if len(read.verdicts) > MAX_ROWS:
            reason = f"there are {len(read.verdicts)} rows; {MAX_ROWS} are allowed at once"
            raise RejectedRows([BadRow(MAX_ROWS + 1, None, "too_many_items", reason)])
        with transaction(self.engine) as connection:
            if repeatable is None:
                return self._take(connection, read)
            answer = once(
                connection, self.clock, repeatable, lambda: asdict(self._take(connection, read))
            )
            return ImportReport(**answer)

    def _take(self, connection: Connection, read: ReadRows) -> ImportReport:
        sweep(connection, self.clock)  # what has outlived its time is closed, not answered
        run = _Run(self, connection, read.verdicts)
        for row in read.verdicts:
            run.take(row)
        if run.bad:
            raise RejectedRows(sorted(run.bad, key=lambda bad: bad.line))
        return ImportReport(run.imported, run.unchanged, read.skipped)


class _Run:
    """One import: the tasks are locked from its beginning, and change as rows are taken."""

    def __init__(
        self, rules: Importer, connection: Connection, rows: Sequence[ImportedVerdict]
    ) -> None:
        self.rules = rules
        self.connection = connection
        self.imported = 0
        self.unchanged = 0
        self.bad: list[BadRow] = []
        self.now = time_of(connection, rules.clock)
        keys = {key for row in rows if (key := _key(row)) is not None}
        self.by_key = finding.newest_by_key(connection, keys)
        ids = {row.task_id for row in rows if row.task_id is not None}
        self.tasks = finding.lock(connection, ids | set(self.by_key.values()))
        self.changed: set[UUID] = set()  # tasks that are not as they were when they were locked
        self.said: dict[UUID, list[StoredVerdict]] = defaultdict(list)  # today, by task
        for verdict in current_verdicts(connection, self.tasks.keys()):
            self.said[verdict.task_id].append(verdict)
        given = {row.verdict_id for row in rows if row.verdict_id is not None}
        self.stored = finding.verdicts_by_id(connection, given)

    def take(self, row: ImportedVerdict) -> None:
        """Give the opinion of a row, or note why that cannot be."""
        task = self._task(row)
        before = self._before(row, task)
        if before is not None:
            self._compare(row, task, before)
            return
        if task is None:
            self._refuse(row, "task_id", "review_task_not_found", "there is no such task")
        elif task.state is TaskState.ANSWERED:
            self._refuse(row, "task_id", "already_answered", f"task {task.id} is answered already")
        elif task.state is TaskState.CLOSED:
            self._refuse(row, "task_id", "task_closed", f"task {task.id} is closed")
        elif unknown := self._unknown_product(row):
            reason = f"the current catalogue has no product {unknown!r}"
            self._refuse(row, "product_ids", "product_not_found", reason)
        else:
            self._give(row, task)

    def _task(self, row: ImportedVerdict) -> ReviewTask | None:
        """Return the task of a row, by its query where its id is one of another installation."""
        task_id = row.task_id
        if task_id not in self.tasks:
            key = _key(row)
            task_id = None if key is None else self.by_key.get(key)
        if task_id is None:
            return None
        if task_id in self.changed:
            self.tasks[task_id] = finding.get(self.connection, task_id)
            self.changed.discard(task_id)
        return self.tasks[task_id]

    def _before(self, row: ImportedVerdict, task: ReviewTask | None) -> StoredVerdict | None:
        """Return what is stored under the row's id, or what its person says of the task today."""
        if row.verdict_id in self.stored:
            return self.stored[row.verdict_id]
        if task is None:
            return None
        return next((one for one in self.said[task.id] if one.person == row.person), None)

    def _compare(
        self, row: ImportedVerdict, task: ReviewTask | None, before: StoredVerdict
    ) -> None:
        if task is not None and before.task_id != task.id:
            reason = f"it is the id of a verdict on task {before.task_id}"
            self._refuse(row, "verdict_id", "verdict_id_taken", reason)
        elif _says_the_same(before, row):
            self.unchanged += 1
        else:
            reason = f"{row.person} has said something else about it; that can be reopened only"
            self._refuse(row, "answer", "opinion_given", reason)

    def _unknown_product(self, row: ImportedVerdict) -> str | None:
        return next((one for one in row.product_ids if not self.rules.has_product(one)), None)

    def _give(self, row: ImportedVerdict, task: ReviewTask) -> None:
        rules, connection = self.rules, self.connection
        verdict = _verdict(row, rules.new_id)
        given = give(connection, rules.clock, task, verdict, self.now)
        if given.state is TaskState.ANSWERED:
            for listener in rules.listeners:
                listener.verdict_given(connection, task.id)
        self.changed.add(task.id)
        self.said[task.id].append(given.verdict)
        self.stored[verdict.id] = given.verdict
        self.imported += 1

    def _refuse(self, row: ImportedVerdict, field: str, code: str, reason: str) -> None:
        self.bad.append(BadRow(row.line, field, code, reason))


def _key(row: ImportedVerdict) -> bytes | None:
    if row.query is None or row.source is None:
        return None
    return query_key(row.query, row.source)


def _says_the_same(stored: StoredVerdict, row: ImportedVerdict) -> bool:
    return stored.answer is row.answer and set(stored.product_ids) == set(row.product_ids)


def _verdict(row: ImportedVerdict, new_id: Callable[[], UUID]) -> Verdict:
    return Verdict(
        id=row.verdict_id or new_id(),
        answer=row.answer,
        product_ids=row.product_ids,
        comment=row.comment,
        person=row.person,
        origin=IMPORT,
        seconds=row.seconds,
    )
