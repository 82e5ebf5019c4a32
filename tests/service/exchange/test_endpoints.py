from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import httpx2
import pytest
from sqlalchemy import Engine

from service.access.service import create_key
from service.access.tokens import ApiKey
from service.app import create_app
from service.clock import SqlClock
from service.database.tables import Stream
from service.exchange import endpoints
from service.exchange.exporting import Export, Exporter
from service.exchange.options import ExportOptions
from service.review.dependencies import connect_catalogue
from service.settings import Settings
from tests.service.conftest import FakeClock, running
from tests.service.exchange.labels import answer, draw
from tests.service.review.queues import CATALOGUE, ask

EXPORT = "/v1/reviews/export"


@pytest.fixture(scope="module")
def server_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="module")
def url(shared_engine: Engine, server_clock: FakeClock) -> Iterator[str]:
    app = create_app(Settings(), shared_engine, server_clock)
    connect_catalogue(app, CATALOGUE.__contains__)
    with running(app) as url:
        yield url


@pytest.fixture
def clock(server_clock: FakeClock) -> FakeClock:
    server_clock.now = FakeClock().now
    return server_clock


@pytest.fixture
def api(url: str, engine: Engine, clock: FakeClock) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=url, headers=_key(engine, clock, "admin"), timeout=10) as client:
        yield client


def _key(engine: Engine, clock: FakeClock, *scopes: str) -> dict[str, str]:
    key = ApiKey.random()
    create_key(engine, clock, key, "owner", list(scopes), by="test")
    return {"Authorization": f"Bearer {key}"}


def _code(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_an_export_goes_on_where_the_last_one_ended(
    api: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    for number in range(3):
        answer(engine, clock, f"query {number}")
    first = api.get(EXPORT)
    assert first.headers["content-type"] == "application/jsonl"
    assert first.headers["content-disposition"] == 'attachment; filename="verdicts.jsonl"'
    rows = [json.loads(line) for line in first.text.splitlines()]
    assert first.headers["X-Last-Cursor"] == rows[-1]["cursor"]
    answer(engine, clock, "query 3")
    more = api.get(EXPORT, params={"after": first.headers["X-Last-Cursor"]})
    assert [json.loads(line)["query"] for line in more.text.splitlines()] == ["query 3"]
    nothing = api.get(EXPORT, params={"after": more.headers["X-Last-Cursor"]})
    assert nothing.text == ""


def test_every_parameter_chooses(api: httpx2.Client, engine: Engine, clock: FakeClock) -> None:
    first = answer(engine, clock, "first", person="ann")
    draw(engine, clock, first, Stream.AUDIT)
    since = clock.now.isoformat()
    answer(engine, clock, "second")

    def queries(**parameters: str) -> list[str]:
        lines = api.get(EXPORT, params=parameters).text.splitlines()
        return [json.loads(line)["query"] for line in lines]

    assert queries() == ["first", "second"]
    assert queries(since=since) == ["second"]
    assert queries(stream="audit") == ["first"]
    assert queries(state="open") == []
    assert queries(bundle_id="another") == []
    assert '"person":"ann"' in api.get(EXPORT, params={"persons": "true"}).text
    assert '"ann"' not in api.get(EXPORT).text
    table = api.get(EXPORT, params={"format": "csv", "rows": "pairs", "stream": "review"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert next(csv.reader(io.StringIO(table.text)))[:3] == ["query_id", "query", "product_id"]


def test_tasks_for_label_studio_are_as_blind_as_the_page_unless_said_otherwise(
    api: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    ask(engine, clock, "bosch kgn39")
    label_studio = {"format": "label-studio"}
    (blind,) = api.get(EXPORT, params=label_studio).json()
    assert "predictions" not in blind
    (shown,) = api.get(EXPORT, params={**label_studio, "predictions": "true"}).json()
    assert shown["predictions"]


def test_the_labelling_configuration_is_served(api: httpx2.Client) -> None:
    answered = api.get("/v1/reviews/label-studio-config")
    assert answered.headers["content-type"].startswith("application/xml")
    assert answered.text.startswith("<View>")


def test_verdicts_are_imported_once_however_often_they_are_sent(
    api: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    (task_id,) = ask(engine, clock, "bosch kgn39")
    row = {"task_id": str(task_id), "answer": "accepted", "product_ids": ["p1"]}
    content, key = json.dumps(row), {"Idempotency-Key": "one"}
    for _ in range(2):
        imported = api.post("/v1/reviews/import?name=vendor", content=content, headers=key)
        assert imported.json() == {"imported": 1, "unchanged": 0, "skipped": 0}
    again = api.post("/v1/reviews/import?name=vendor", content=content)
    assert again.json() == {"imported": 0, "unchanged": 1, "skipped": 0}
    other = api.post("/v1/reviews/import?name=another", content=content, headers=key)
    assert _code(other) == (422, "idempotency_key_reused")
    (shown,) = api.get(EXPORT, params={"persons": "true"}).text.splitlines()
    assert json.loads(shown)["person"] == "import:vendor"


def test_label_studio_s_annotations_are_imported(
    api: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    ask(engine, clock, "bosch kgn39")
    (task,) = api.get(EXPORT, params={"format": "label-studio"}).json()
    chosen = {"from_name": "product", "type": "choices", "value": {"choices": ["I am not sure"]}}
    task["annotations"] = [{"id": 1, "completed_by": 10, "result": [chosen]}]
    imported = api.post("/v1/reviews/import?format=label-studio", json=[task])
    assert imported.json() == {"imported": 1, "unchanged": 0, "skipped": 0}


def test_a_rejected_import_says_what_is_wrong_with_each_row(
    api: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    (task_id,) = ask(engine, clock, "bosch kgn39")
    rows = [
        {"task_id": str(task_id), "answer": "accepted", "product_ids": ["p1"]},
        {"task_id": str(task_id), "answer": "accepted", "product_ids": ["gone"], "person": "bob"},
    ]
    rejected = api.post("/v1/reviews/import", content="\n".join(map(json.dumps, rows)))
    assert _code(rejected) == (422, "import_rejected")
    assert rejected.headers["content-type"] == "application/problem+json"
    (bad,) = rejected.json()["bad_rows"]
    assert (bad["line"], bad["field"], bad["code"]) == (2, "task_id", "already_answered")
    assert api.get(EXPORT).text == ""


def test_an_import_may_be_larger_than_other_requests(api: httpx2.Client) -> None:
    line = json.dumps({"task_id": "0d0e8a52-6f0a-4f4a-9e1f-0b7f3f1f2a11", "answer": "maybe"})
    content = f"{line}\n" * 20_000
    assert len(content) > 1024 * 1024
    rejected = api.post("/v1/reviews/import", content=content)
    assert _code(rejected) == (422, "import_rejected")
    assert len(rejected.json()["bad_rows"]) == 1000
    assert _code(api.post("/v1/reviews/import", content=b" " * (16 * 1024 * 1024 + 1)))[0] == 413


@pytest.mark.parametrize("scope", ["review", "recommend"])
@pytest.mark.parametrize("path", [EXPORT, "/v1/reviews/label-studio-config"])
def test_who_annotates_cannot_learn_what_is_an_audit(
    url: str, engine: Engine, clock: FakeClock, client: httpx2.Client, scope: str, path: str
) -> None:
    headers = _key(engine, clock, scope)
    answered = client.get(f"{url}{path}", headers=headers)
    assert _code(answered) == (403, "scope_missing")
    imported = client.post(f"{url}/v1/reviews/import", content=b"{}", headers=headers)
    assert _code(imported) == (403, "scope_missing")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"after": "nonsense"}, "invalid_cursor"),
        ({"format": "xlsx"}, "invalid_value"),
        ({"since": "yesterday"}, "invalid_type"),
        ({"since": "2026-01-01T12:00:00"}, "invalid_type"),  # of which place on earth?
        ({"rows": "pairs"}, "export_options_conflict"),
    ],
)
def test_what_cannot_be_exported_is_refused(
    api: httpx2.Client, parameters: dict[str, str], code: str
) -> None:
    assert _code(api.get(EXPORT, params=parameters)) == (422, code)


def test_an_export_that_breaks_off_does_not_look_whole(
    stoppable_database: tuple[Engine, Callable[[], None]],
    clock: FakeClock,
    client: httpx2.Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine, stop = stoppable_database
    for number in range(4):
        answer(engine, clock, f"query {number}")
    stopped = threading.Event()
    monkeypatch.setattr(endpoints, "Exporter", partial(_SlowExporter, stopped))
    app = create_app(Settings(), engine, clock)
    headers = _key(engine, clock, "admin")
    with running(app) as url, client.stream("GET", f"{url}{EXPORT}", headers=headers) as response:
        chunks = response.iter_lines()
        assert "query 0" in next(chunks)
        stop()
        stopped.set()
        with pytest.raises(httpx2.RemoteProtocolError):
            list(chunks)


class _SlowExporter(Exporter):
    """Reads a row at a time, and the second one only when the database has been stopped."""

    def __init__(self, stopped: threading.Event, engine: Engine, clock: SqlClock) -> None:
        super().__init__(engine, clock, batch_rows=1)
        object.__setattr__(self, "stopped", stopped)

    def export(self, options: ExportOptions) -> Export:
        whole = super().export(options)
        return replace(whole, chunks=self._one_then_the_rest(whole.chunks))

    def _one_then_the_rest(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        yield next(chunks)
        self.stopped.wait(20)  # type: ignore[attr-defined]
        yield from chunks
