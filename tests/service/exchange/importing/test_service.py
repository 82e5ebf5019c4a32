"""Verdicts from elsewhere, by the rules of the queue."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, select, text, update

from service.database.engine import transaction
from service.database.tables import (
    Answer,
    ReviewTaskRow,
    TaskState,
    VerdictRow,
    WebhookDeliveryRow,
)
from service.errors import IdempotencyKeyReused, LeaseLost, RequestInProgress, ServiceError
from service.exchange.importing import service as importing
from service.exchange.importing.idempotency import Repeatable
from service.exchange.importing.jsonl import read_jsonl
from service.exchange.importing.service import Importer, ImportReport, RejectedRows
from service.exchange.options import ExportOptions
from service.recommend.keys import query_key
from service.review import repository
from service.review.tasks import NewTask
from tests.service.conftest import FakeClock
from tests.service.exchange.labels import answer, exported
from tests.service.review.queues import CATALOGUE, event_kinds, queue_of
from tests.service.webhooks.senders import add_webhook

Json = dict[str, Any]


class _Told:
    """A listener that remembers the tasks it was told of."""

    def __init__(self) -> None:
        self.tasks: list[UUID] = []

    def verdict_given(self, connection: Connection, task_id: UUID) -> None:
        del connection
        self.tasks.append(task_id)

    def verdict_withdrawn(self, connection: Connection, task_id: UUID) -> None:
        raise AssertionError(f"an import takes nothing back: {task_id}, {connection}")


@pytest.fixture
def told() -> _Told:
    return _Told()


@pytest.fixture
def take(engine: Engine, clock: FakeClock, told: _Told) -> Callable[..., ImportReport]:
    importer = Importer(engine, clock, CATALOGUE.__contains__, [told], uuid4)

    def take(*rows: Json, repeatable: Repeatable | None = None) -> ImportReport:
        return importer.take(read_jsonl(_lines(*rows), "vendor"), repeatable)

    return take


def _lines(*rows: Json) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def _asked(engine: Engine, clock: FakeClock, text: str, opinions: int = 1) -> UUID:
    task = NewTask(uuid4(), query_key(text, "shop"), "shop", text, (), "bundle-1")
    with transaction(engine) as connection:
        (task_id,) = repository.open_tasks(connection, clock, [task]).values()
        change = update(ReviewTaskRow).where(ReviewTaskRow.id == task_id)
        connection.execute(change.values(opinions_wanted=opinions))
    return task_id


def _row(task_id: UUID, *product_ids: str, **more: object) -> Json:
    said = "accepted" if product_ids else "none"
    return {"task_id": str(task_id), "answer": said, "product_ids": [*product_ids], **more}


def _verdicts(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return [*connection.execute(select(*VerdictRow.__table__.columns))]


def _state(engine: Engine, task_id: UUID) -> TaskState:
    with engine.connect() as connection:
        query = select(ReviewTaskRow.state).where(ReviewTaskRow.id == task_id)
        return connection.execute(query).scalar_one()


def _bad(rejected: pytest.ExceptionInfo[RejectedRows]) -> list[tuple[int, str | None, str]]:
    return [(bad.line, bad.field, bad.code) for bad in rejected.value.bad]


def test_an_imported_verdict_answers_its_task(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport], told: _Told
) -> None:
    task_id = _asked(engine, clock, "bosch")
    report = take(_row(task_id, "p1", "p2", comment="sure", seconds=3.5))
    assert report == ImportReport(imported=1, unchanged=0, skipped=0)
    (verdict,) = _verdicts(engine)
    assert (verdict.origin, verdict.person) == ("import", "import:vendor")
    assert (verdict.answer, verdict.product_ids) == (Answer.ACCEPTED, ["p1", "p2"])
    assert (verdict.comment, verdict.seconds) == ("sure", 3.5)
    assert _state(engine, task_id) is TaskState.ANSWERED
    assert told.tasks == [task_id]
    assert event_kinds(engine, task_id) == ["created", "answered"]


def test_a_task_is_found_by_its_query_and_source(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport]
) -> None:
    task_id = _asked(engine, clock, "Bosch  KGN39")
    take({"query": "bosch kgn39", "source": "shop", "answer": "none"})
    assert _state(engine, task_id) is TaskState.ANSWERED


def test_webhooks_are_told_of_imported_answers(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport]
) -> None:
    add_webhook(engine, clock, "http://127.0.0.1:9/")
    take(_row(_asked(engine, clock, "bosch")))
    with engine.connect() as connection:
        assert connection.execute(select(WebhookDeliveryRow.type)).scalars().all() == [
            "review.answered"
        ]


def test_opinions_count_as_in_the_queue(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport], told: _Told
) -> None:
    agreed, disagreed = (_asked(engine, clock, text, opinions=2) for text in ("one", "two"))
    unsure = _asked(engine, clock, "three")
    report = take(
        _row(agreed, "p1", person="ann"),
        _row(agreed, "p1", person="bob"),
        _row(disagreed, "p1", person="ann"),
        _row(disagreed, "p2", person="bob"),
        {"task_id": str(unsure), "answer": "unsure"},
    )
    assert report.imported == 5
    assert _state(engine, agreed) is TaskState.ANSWERED
    assert _state(engine, disagreed) is TaskState.ADJUDICATE
    assert _state(engine, unsure) is TaskState.OPEN  # it wants another opinion
    assert told.tasks == [agreed]


def test_the_same_file_twice_changes_nothing(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport]
) -> None:
    rows = [_row(_asked(engine, clock, f"query {number}"), "p1") for number in range(3)]
    take(*rows)
    before = _verdicts(engine)
    assert take(*rows) == ImportReport(imported=0, unchanged=3, skipped=0)
    assert _verdicts(engine) == before


def test_the_same_verdict_twice_in_a_file_is_one(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport]
) -> None:
    row = _row(_asked(engine, clock, "bosch"), "p1", verdict_id=str(uuid4()))
    assert take(row, row) == ImportReport(imported=1, unchanged=1, skipped=0)


def test_a_given_verdict_id_is_kept(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport]
) -> None:
    verdict_id = uuid4()
    take(_row(_asked(engine, clock, "bosch"), "p1", verdict_id=str(verdict_id)))
    assert [verdict.id for verdict in _verdicts(engine)] == [verdict_id]


def test_our_own_export_changes_nothing_here(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport]
) -> None:
    for number in range(3):
        answer(engine, clock, f"query {number}", "p1")
    rows = [json.loads(line) for line in exported(engine, clock, ExportOptions()).splitlines()]
    assert take(*rows) == ImportReport(imported=0, unchanged=3, skipped=0)


def test_what_was_taken_back_elsewhere_is_passed_over(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport]
) -> None:
    task_id = _asked(engine, clock, "bosch")
    withdrawn = {"task_id": str(task_id), "answer": "withdrawn", "product_ids": []}
    report = take(_row(task_id, "p1", current=False), withdrawn, _row(task_id, "p2"))
    assert report == ImportReport(imported=1, unchanged=0, skipped=2)
    assert [verdict.product_ids for verdict in _verdicts(engine)] == [["p2"]]


def test_labels_of_another_installation_are_found_by_their_query(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport]
) -> None:
    task_id = _asked(engine, clock, "bosch")
    take(_row(uuid4(), "p1", query="bosch", source="shop", person="person-0123456789abcdef"))
    assert _state(engine, task_id) is TaskState.ANSWERED
    assert _verdicts(engine)[0].person == "import:person-0123456789abcdef"


def test_one_bad_row_and_nothing_is_imported(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport], told: _Told
) -> None:
    good, taken, closed = (_asked(engine, clock, text) for text in ("good", "taken", "closed"))
    take(_row(taken, "p1", person="somebody"))
    _close(engine, closed)
    told.tasks.clear()
    with pytest.raises(RejectedRows) as rejected:
        take(
            _row(good, "p1"),
            _row(uuid4(), "p1"),
            _row(taken, "p2"),
            _row(closed, "p1"),
            _row(taken, "p2", person="somebody"),
            _row(_asked(engine, clock, "other"), "gone"),
            {"query": "never asked", "source": "shop", "answer": "none"},
        )
    assert _bad(rejected) == [
        (2, "task_id", "review_task_not_found"),
        (3, "task_id", "already_answered"),
        (4, "task_id", "task_closed"),
        (5, "answer", "opinion_given"),
        (6, "product_ids", "product_not_found"),
        (7, "task_id", "review_task_not_found"),
    ]
    assert "6 bad rows" in str(rejected.value)
    assert len(_verdicts(engine)) == 1
    assert _state(engine, good) is TaskState.OPEN
    assert event_kinds(engine, good) == ["created"]


def test_a_verdict_id_of_another_task_is_refused(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport]
) -> None:
    one, other = (_asked(engine, clock, text) for text in ("one", "other"))
    verdict_id = str(uuid4())
    take(_row(one, "p1", verdict_id=verdict_id))
    with pytest.raises(RejectedRows) as rejected:
        take(_row(other, "p1", verdict_id=verdict_id))
    assert _bad(rejected) == [(1, "verdict_id", "verdict_id_taken")]


def test_who_holds_the_task_comes_too_late(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport]
) -> None:
    task_id = _asked(engine, clock, "bosch", opinions=2)
    queue = queue_of(engine, clock)
    (held,) = queue.claim("ann", 1, 60)
    assert held.lease_token is not None
    take(_row(task_id, "p1"))
    with pytest.raises(LeaseLost):
        queue.submit(task_id, held.lease_token, "ann", Answer.NONE)
    assert len(_verdicts(engine)) == 1


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ("not json", None, "invalid_json"),
        ("[]", None, "invalid_type"),
        ('{"answer": "none"}', "task_id", "missing_field"),
        ('{"query": "bosch", "answer": "none"}', "task_id", "missing_field"),
        ('{"task_id": "7", "answer": "none"}', "task_id", "invalid_type"),
        ('{"task_id": "ID"}', "answer", "missing_field"),
        ('{"task_id": "ID", "answer": "maybe"}', "answer", "invalid_value"),
        ('{"task_id": "ID", "answer": "accepted"}', "product_ids", "answer_inconsistent"),
        (
            '{"task_id": "ID", "answer": "none", "product_ids": ["p1"]}',
            "product_ids",
            "answer_inconsistent",
        ),
        ('{"task_id": "ID", "answer": "none", "comment": "\\u0000"}', "comment", "invalid_value"),
        ('{"task_id": "ID", "answer": "none", "seconds": -1}', "seconds", "out_of_range"),
        ('{"task_id": "ID", "answer": "none", "person": ""}', "person", "value_too_short"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_its_field(
    line: str, field: str | None, code: str
) -> None:
    content = f"\n{line.replace('ID', str(uuid4()))}\n".encode()
    (bad,) = read_jsonl(content, "vendor").bad
    assert (bad.line, bad.field, bad.code) == (2, field, code)


def test_more_rows_than_a_transaction_should_have_are_refused(
    take: Callable[..., ImportReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MAX_ROWS", 2)
    with pytest.raises(RejectedRows, match="2 are allowed"):
        take(*[_row(uuid4())] * 3)


def test_a_repeated_request_is_answered_as_the_first_one(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport]
) -> None:
    row = _row(_asked(engine, clock, "bosch"), "p1")
    first = take(row, repeatable=Repeatable("root", "key", b"content"))
    assert first.imported == 1
    assert take(row, repeatable=Repeatable("root", "key", b"content")) == first
    assert take(row, repeatable=Repeatable("other", "key", b"content")).unchanged == 1
    with pytest.raises(IdempotencyKeyReused):
        take(row, repeatable=Repeatable("root", "key", b"other content"))


def test_a_key_is_free_after_an_import_that_failed_and_after_a_week(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport]
) -> None:
    row = _row(_asked(engine, clock, "bosch"), "p1")
    with pytest.raises(ServiceError):
        take(_row(uuid4()), repeatable=Repeatable("root", "key", b"wrong"))
    assert take(row, repeatable=Repeatable("root", "key", b"corrected")).imported == 1
    clock.advance(8 * 86_400)
    assert take(row, repeatable=Repeatable("root", "another", b"content")).unchanged == 1
    assert take(row, repeatable=Repeatable("root", "key", b"new")).unchanged == 1


def test_a_request_that_is_worked_on_is_not_begun_twice(
    engine: Engine, clock: FakeClock, take: Callable[..., ImportReport]
) -> None:
    row = _row(_asked(engine, clock, "bosch"), "p1")
    with engine.connect() as other:
        locked = "select pg_advisory_xact_lock(hashtextextended('4:rootkey', 0))"
        other.execute(text(locked))
        with pytest.raises(RequestInProgress):
            take(row, repeatable=Repeatable("root", "key", b"content"))
    assert take(row, repeatable=Repeatable("root", "key", b"content")).imported == 1


def _close(engine: Engine, task_id: UUID) -> None:
    change = (
        "update review_tasks set state = 'closed', closed_at = now(), close_reason = 'expired'"
        " where id = :id"
    )
    with transaction(engine) as connection:
        connection.execute(text(change), {"id": task_id})
