from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from sqlalchemy import Engine, func, select

from service.database.engine import transaction
from service.database.tables import DecisionRow, ReviewTaskRow
from service.recommend.schemas import RecommendationsRead
from tests.service.recommend.conftest import Service, StartService, create_key
from tests.service.recommend.jobs import CERTAIN, UNCERTAIN
from tests.small_bundle import TITLES, small_promise


def count(engine: Engine, table: type[Any]) -> int:
    with transaction(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_an_answer_has_the_documented_shape(service: Service) -> None:
    answer = service.ask(CERTAIN, UNCERTAIN, k=2)
    RecommendationsRead.model_validate_json(orjson.dumps(answer))
    certain, uncertain = answer["results"]
    assert certain["decision"] == "auto_accept"
    assert certain["review_task_id"] is None
    assert certain["auto_accepted"] == [
        {
            "product_id": "p0",
            "title": CERTAIN,
            "score": 1.0,
            "rank": 1,
            "probability": None,
            "reasons": None,
        }
    ]
    assert [product["rank"] for product in certain["manual_review"]] == [2]
    assert uncertain["decision"] == "manual_review"
    assert uncertain["review_task_id"] is not None
    assert answer["degraded"] is None


def test_an_answer_carries_bundle_and_promise(service: Service) -> None:
    answer = service.ask(CERTAIN)
    assert answer["bundle_id"].startswith("20260102T030405Z-")
    assert answer["promise"] == {
        "group": None,
        "target_precision": 0.95,
        "confidence": 0.9,
        "threshold": 0.9,
        "calibration_labels": 500,
        "calibrated_at": "2026-01-02T03:04:05Z",
        "labels_needed": None,
        "grouping": None,
        "groups": [],
    }
    assert answer["no_match_promise"] is None


def test_ids_come_back_in_order(service: Service) -> None:
    queries = [{"id": f"row {i}", "text": title} for i, title in enumerate(TITLES)]
    results = service.post({"queries": queries}).json()["results"]
    assert [result["id"] for result in results] == [query["id"] for query in queries]
    assert [result["auto_accepted"][0]["title"] for result in results] == list(TITLES)


def test_what_cannot_be_promised_is_said(start_service: StartService, engine: Engine) -> None:
    service = start_service(engine, small_promise(threshold=None))
    answer = service.ask(CERTAIN)
    assert answer["promise"]["threshold"] is None
    assert answer["promise"]["labels_needed"] == 45
    assert answer["results"][0]["decision"] == "manual_review"


def test_the_task_is_committed_before_the_answer(service: Service, engine: Engine) -> None:
    task_id = service.ask(UNCERTAIN)["results"][0]["review_task_id"]
    with transaction(engine) as connection:
        stored = connection.execute(select(ReviewTaskRow.id)).scalar_one()
    assert str(stored) == task_id


def test_the_name_of_the_key_is_the_source(service: Service, engine: Engine) -> None:
    service.ask(UNCERTAIN)
    other = {"Authorization": f"Bearer {create_key(engine, 'other shop')}"}
    service.post({"queries": [{"text": UNCERTAIN}]}, headers=other)
    with transaction(engine) as connection:
        sources = connection.execute(select(ReviewTaskRow.source)).scalars().all()
    assert set(sources) == {"shop", "other shop"}


def test_concurrent_requests_get_the_answers_they_get_alone(service: Service) -> None:
    texts = [f"{TITLES[i % len(TITLES)]} offer {i}" for i in range(100)]

    def products(text: str) -> list[dict[str, Any]]:
        [result] = service.ask(text, k=1 + len(text) % 5)["results"]
        return [*result["auto_accepted"], *result["manual_review"]]

    alone = [products(text) for text in texts]
    with ThreadPoolExecutor(32) as pool:
        together = list(pool.map(products, texts))
    assert together == alone


def test_concurrent_requests_for_one_query_open_one_task(service: Service, engine: Engine) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: service.ask(UNCERTAIN), range(48)))
    assert len({answer["results"][0]["review_task_id"] for answer in answers}) == 1
    assert count(engine, DecisionRow) == 48
    with transaction(engine) as connection:
        assert connection.execute(select(ReviewTaskRow.times_asked)).scalar_one() == 48


def test_many_queries_in_one_request(service: Service, engine: Engine) -> None:
    results = service.ask(*(f"{UNCERTAIN} {i}" for i in range(256)))["results"]
    assert len({result["review_task_id"] for result in results}) == 256
    assert count(engine, ReviewTaskRow) == 256


def test_batches_and_waiting_are_measured(service: Service) -> None:
    service.ask(*TITLES)
    registry = service.app.state.service.metrics.registry
    for name in ("encode_duration", "search_duration", "queue_wait"):
        assert registry.get_sample_value(f"alc_{name}_seconds_count") == 1
    assert registry.get_sample_value("alc_automation_coverage_ratio") == 1.0


def test_a_batch_takes_no_more_queries_than_the_settings_say(
    start_service: StartService, engine: Engine
) -> None:
    service = start_service(engine, max_batch=3)
    results = service.ask(*TITLES)["results"]
    assert [result["auto_accepted"][0]["title"] for result in results] == list(TITLES)
    registry = service.app.state.service.metrics.registry
    assert registry.get_sample_value("alc_encode_duration_seconds_count") == 3


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"queries": []}, 422, "no_queries"),
        ({"queries": [{"text": "x"}] * 257}, 422, "too_many_queries"),
        ({"queries": [{"text": " "}]}, 422, "text_empty"),
        ({"queries": [{"text": "x" * 2_001}]}, 422, "text_too_long"),
        ({"queries": [{"text": "a\0b"}]}, 422, "invalid_value"),
        ({"queries": [{"text": 5}]}, 422, "invalid_type"),
        ({"queries": [{"text": "x", "category": "y"}]}, 422, "unknown_field"),
        ({"queries": [{"text": "x"}], "k": 101}, 422, "out_of_range"),
        ({"queries": [{"text": "x"}], "top": 1}, 422, "unknown_field"),
        ({"queries": [{"text": "x"}], "explain": "yes"}, 422, "invalid_type"),
        ({"queries": [{"text": "x"}] * 17, "explain": True}, 422, "too_many_explained"),
        ({"k": 1}, 422, "missing_field"),
        ([], 422, "invalid_type"),
    ],
)
def test_bad_input_is_refused_by_code_and_changes_nothing(
    service: Service, engine: Engine, body: Any, status: int, code: str
) -> None:
    response = service.post(body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == code
    assert count(engine, DecisionRow) == 0


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"queries": [{"text": "\xff"}]}', 400, "invalid_utf8"),
        (b'{"queries": [{"text": "\\ud800"}]}', 400, "invalid_utf8"),
        (b'{"queries": ', 400, "invalid_json"),
        (b"", 422, "missing_field"),
        (b'{"queries": [{"text": "' + b"x" * 1024 * 1024 + b'"}]}', 413, "body_too_large"),
    ],
)
def test_an_unreadable_body_is_refused(
    service: Service, content: bytes, status: int, code: str
) -> None:
    response = service.post(content=content, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_a_key_needs_the_scope(service: Service, engine: Engine) -> None:
    body = {"queries": [{"text": CERTAIN}]}
    reviewer = {"Authorization": f"Bearer {create_key(engine, scope='review')}"}
    assert service.post(body, headers=reviewer).json()["code"] == "scope_missing"
    assert service.post(body, headers={"Authorization": ""}).json()["code"] == "unauthenticated"


def test_without_a_database_only_what_needs_no_person_is_answered(
    stoppable_database: tuple[Engine, Callable[[], None]], start_service: StartService
) -> None:
    engine, stop = stoppable_database
    service = start_service(engine)
    service.ask(CERTAIN)
    stop()
    answer = service.ask(CERTAIN)
    assert answer["degraded"]["reason"] == "decisions_not_recorded"
    assert answer["results"][0]["decision"] == "auto_accept"
    assert answer["results"][0]["decision_id"] is None
    refused = service.post({"queries": [{"text": CERTAIN}, {"text": UNCERTAIN}]})
    assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
    assert int(refused.headers["Retry-After"]) > 0


class Blockade:
    """Holds the table of decisions, so that no request can be answered."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held, self._released = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold)

    def __enter__(self) -> Blockade:
        self._thread.start()
        assert self._held.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._thread.join()

    def _hold(self) -> None:
        with transaction(self._engine) as connection:
            connection.exec_driver_sql("lock table decisions in access exclusive mode")
            self._held.set()
            self._released.wait(12)  # less than a statement may take, so that none is given up

    def stops_somebody(self) -> bool:
        """Return whether a transaction has come as far as the table."""
        waiting = "select from pg_locks where relation = 'decisions'::regclass and not granted"
        with transaction(self._engine) as connection:
            return connection.exec_driver_sql(waiting).first() is not None


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_too_many_waiting_queries_are_refused(start_service: StartService, engine: Engine) -> None:
    service = start_service(engine, max_waiting_queries=1)
    recommender = service.app.state.service.recommender
    with ThreadPoolExecutor(1) as pool, Blockade(engine):
        slow = pool.submit(service.ask, CERTAIN)
        wait_until(lambda: recommender.waiting == 1)
        refused = service.post({"queries": [{"text": CERTAIN}]})
        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
        assert refused.headers["Retry-After"] == "1"
    assert slow.result()["results"][0]["decision"] == "auto_accept"
    assert service.ask(CERTAIN)["results"][0]["decision"] == "auto_accept"


def test_a_request_whose_client_is_gone_is_dropped(service: Service, engine: Engine) -> None:
    recommender = service.app.state.service.recommender
    with ThreadPoolExecutor(1) as pool, Blockade(engine) as blockade:
        first = pool.submit(service.ask, CERTAIN)
        wait_until(blockade.stops_somebody)  # so that the next request is not recorded with it
        impatient = send_without_waiting(service, UNCERTAIN)
        wait_until(lambda: recommender.waiting == 2)
        impatient.close()
        wait_until(lambda: recommender.waiting == 1)
    first.result()
    service.ask(CERTAIN)
    assert count(engine, DecisionRow) == 2
    assert count(engine, ReviewTaskRow) == 0


def send_without_waiting(service: Service, text: str) -> socket.socket:
    address = urlsplit(service.url)
    body = orjson.dumps({"queries": [{"text": text}]})
    head = (
        f"POST {service.path} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
        f"Authorization: {service.headers['Authorization']}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection = socket.create_connection((address.hostname, address.port))
    connection.sendall(head.encode() + body)
    return connection
