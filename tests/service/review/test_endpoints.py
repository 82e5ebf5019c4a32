from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import Engine

from service.access.service import create_key
from service.access.tokens import ApiKey
from service.app import create_app
from service.review.dependencies import connect_catalogue
from service.settings import Settings
from tests.service.conftest import FakeClock, running
from tests.service.review.queues import CATALOGUE, ask

Json = dict[str, Any]
UNKNOWN = "/v1/reviews/0d0e8a52-6f0a-4f4a-9e1f-0b7f3f1f2a11"


@pytest.fixture(scope="module")
def server_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="module")
def url(shared_engine: Engine, server_clock: FakeClock) -> Iterator[str]:
    """One server for all tests here, that hides nothing; each has its own rows, key and time."""
    settings = Settings(lease_max_seconds=600, blind_review=False)
    app = create_app(settings, shared_engine, server_clock)
    connect_catalogue(app, CATALOGUE.__contains__)
    with running(app) as url:
        yield url


@pytest.fixture
def clock(server_clock: FakeClock) -> FakeClock:
    server_clock.now = FakeClock().now
    return server_clock


@pytest.fixture
def api(url: str, engine: Engine, clock: FakeClock) -> Iterator[httpx2.Client]:
    """What an annotator's program sends."""
    headers = _key(engine, clock, "ann", "review")
    with httpx2.Client(base_url=url, headers=headers, timeout=10) as client:
        yield client


@pytest.fixture
def task_id(engine: Engine, clock: FakeClock) -> UUID:
    """One open task."""
    (task_id,) = ask(engine, clock, "bosch kgn39")
    return task_id


def test_a_claimed_task_has_what_an_annotator_needs(
    api: httpx2.Client, task_id: UUID, clock: FakeClock
) -> None:
    task = _claim(api)
    assert task["id"] == str(task_id)
    assert (task["text"], task["source"], task["attributes"]) == (
        "bosch kgn39",
        "shop",
        {"brand": "Bosch"},
    )
    assert task["candidates"][0] == {
        "product_id": "p1",
        "title": CATALOGUE["p1"],
        "score": 0.9,
        "probability": None,
        "rank": 1,
    }
    assert task["lease_until"] == "2026-01-01T12:05:00Z"
    assert "kind" not in task  # an audit is to be blind


def test_an_empty_queue_is_no_error(api: httpx2.Client) -> None:
    response = api.post("/v1/reviews/claim", json={"count": 50, "lease_seconds": 60})
    assert (response.status_code, response.json()) == (200, {"tasks": []})


def test_a_lease_is_renewed(api: httpx2.Client, task_id: UUID) -> None:
    response = _act(api, "renew", lease_seconds=600)
    assert (response.status_code, response.json()) == (200, {"lease_until": "2026-01-01T12:10:00Z"})


def test_a_verdict_comes_back_and_stays(api: httpx2.Client, task_id: UUID) -> None:
    response = _act(api, "submit", answer="accepted", product_ids=["p4"], comment="no box")
    assert response.status_code == 200
    given = response.json()
    assert given.pop("task_state") == "answered"
    assert given == {
        "id": given["id"],
        "stage": "opinion",
        "origin": "queue",
        "supersedes": None,
        "seconds": 0.0,
        "answer": "accepted",
        "product_ids": ["p4"],
        "comment": "no box",
        "person": "ann",
        "created_at": "2026-01-01T12:00:00Z",
    }
    stored = api.get(f"/v1/reviews/{task_id}").json()
    assert (stored["state"], stored["verdict"]) == ("answered", given)
    assert (stored["verdicts"], stored["verdict_id"]) == ([given], given["id"])
    assert [event["kind"] for event in stored["events"]] == ["created", "claimed", "answered"]


def test_a_released_task_can_be_claimed_at_once(api: httpx2.Client, task_id: UUID) -> None:
    response = _act(api, "release", skip=True)
    assert (response.status_code, response.content) == (204, b"")
    again = _claim(api)
    assert (again["id"], again["times_skipped"]) == (str(task_id), 1)


def test_only_the_holder_learns_the_token(api: httpx2.Client, task_id: UUID) -> None:
    token = _claim(api)["lease_token"]
    assert token not in api.get(f"/v1/reviews/{task_id}").text
    assert token not in api.get("/v1/reviews").text


def test_the_list_is_read_page_by_page(
    api: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    asked = ask(engine, clock, *[f"query {number}" for number in range(5)])
    first = api.get("/v1/reviews", params={"limit": 3, "state": "open"}).json()
    cursor = first["next_cursor"]
    second = api.get("/v1/reviews", params={"limit": 3, "cursor": cursor}).json()
    listed = [task["id"] for task in first["tasks"] + second["tasks"]]
    assert sorted(listed) == sorted(map(str, asked))
    assert second["next_cursor"] is None


def test_the_list_is_filtered_by_state_and_source(
    api: httpx2.Client, engine: Engine, clock: FakeClock, task_id: UUID
) -> None:
    ask(engine, clock, "bosch kgn39", source="other shop")
    assert len(_listed(api)) == 2
    assert _listed(api, state="answered") == []
    assert [task["id"] for task in _listed(api, source="shop", state="open")] == [str(task_id)]


class TestRefusals:
    """Each has its own code, and nothing is changed."""

    @pytest.fixture(autouse=True)
    def _nothing_changes(self, api: httpx2.Client, task_id: UUID) -> Iterator[None]:
        _claim(api, seconds=10)
        before = api.get(f"/v1/reviews/{task_id}").json()
        yield
        assert api.get(f"/v1/reviews/{task_id}").json() == before

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"count": 0}, "out_of_range"),
            ({"count": 51}, "out_of_range"),
            ({"count": "2"}, "invalid_type"),
            ({"lease_seconds": 601}, "lease_seconds_out_of_range"),
            ({"lease_seconds": 9}, "lease_seconds_out_of_range"),
            ({"lease_seconds": 10**30}, "lease_seconds_out_of_range"),
            ({"how_many": 2}, "unknown_field"),
        ],
    )
    def test_a_wrong_claim(self, api: httpx2.Client, body: Json, code: str) -> None:
        _assert_problem(api.post("/v1/reviews/claim", json=body), 422, code)

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"answer": "perhaps"}, "invalid_value"),
            ({"answer": "accepted"}, "answer_inconsistent"),
            ({"answer": "unsure", "product_ids": ["p1"]}, "answer_inconsistent"),
            ({"answer": "accepted", "product_ids": ["p99"]}, "product_not_found"),
            ({"answer": "accepted", "product_ids": [""]}, "value_too_short"),
            ({"answer": "accepted", "product_ids": ["p1"] * 101}, "too_many_items"),
            ({"answer": "none", "comment": "a\0b"}, "invalid_value"),
            ({"answer": "none", "comment": "x" * 2001}, "value_too_long"),
            ({"answer": "none", "lease_token": "mine"}, "invalid_type"),
            ({"answer": "none", "person": "ben"}, "unknown_field"),
            ({}, "missing_field"),
        ],
    )
    def test_a_wrong_verdict(
        self, api: httpx2.Client, task_id: UUID, wrong: Json, code: str
    ) -> None:
        body = {"lease_token": str(uuid4()), **wrong}
        _assert_problem(api.post(f"/v1/reviews/{task_id}/submit", json=body), 422, code)

    @pytest.mark.parametrize(
        ("action", "body"),
        [("renew", {}), ("submit", {"answer": "none"}), ("release", {})],
    )
    def test_a_lease_of_somebody_else(
        self, api: httpx2.Client, task_id: UUID, action: str, body: Json
    ) -> None:
        body = {"lease_token": str(uuid4()), **body}
        response = api.post(f"/v1/reviews/{task_id}/{action}", json=body)
        _assert_problem(response, 409, "lease_lost")

    @pytest.mark.parametrize(
        ("action", "body"),
        [("renew", {}), ("submit", {"answer": "none"}), ("release", {})],
    )
    def test_an_unknown_task(self, api: httpx2.Client, action: str, body: Json) -> None:
        body = {"lease_token": str(uuid4()), **body}
        response = api.post(f"{UNKNOWN}/{action}", json=body)
        _assert_problem(response, 404, "review_task_not_found")

    @pytest.mark.parametrize(
        ("path", "status", "code"),
        [
            (UNKNOWN, 404, "review_task_not_found"),
            ("/v1/reviews/17", 422, "invalid_type"),
            ("/v1/reviews?cursor=invented", 422, "invalid_cursor"),
            ("/v1/reviews?state=lost", 422, "invalid_value"),
            ("/v1/reviews?limit=0", 422, "out_of_range"),
            ("/v1/reviews?limit=201", 422, "out_of_range"),
            ("/v1/reviews?source=%00", 422, "invalid_value"),
        ],
    )
    def test_a_wrong_question(self, api: httpx2.Client, path: str, status: int, code: str) -> None:
        _assert_problem(api.get(path), status, code)


def test_a_second_submit_is_refused(api: httpx2.Client, task_id: UUID) -> None:
    task = _claim(api)
    body = {"lease_token": task["lease_token"], "answer": "none"}
    path = f"/v1/reviews/{task_id}/submit"
    assert api.post(path, json=body).status_code == 200
    _assert_problem(api.post(path, json={**body, "answer": "unsure"}), 409, "already_answered")
    assert api.get(f"/v1/reviews/{task_id}").json()["verdict"]["answer"] == "none"


def test_an_ended_lease_is_lost(api: httpx2.Client, task_id: UUID, clock: FakeClock) -> None:
    task = _claim(api, seconds=10)
    clock.advance(10)
    body = {"lease_token": task["lease_token"], "answer": "none"}
    response = api.post(f"/v1/reviews/{task_id}/submit", json=body)
    _assert_problem(response, 409, "lease_lost")


CALLS: list[Callable[[httpx2.Client], httpx2.Response]] = [
    lambda api: api.post("/v1/reviews/claim", json={}),
    lambda api: api.post(f"{UNKNOWN}/renew", json={}),
    lambda api: api.post(f"{UNKNOWN}/submit", json={}),
    lambda api: api.post(f"{UNKNOWN}/release", json={}),
    lambda api: api.get("/v1/reviews"),
    lambda api: api.get(UNKNOWN),
]


@pytest.mark.parametrize("call", CALLS)
def test_every_call_needs_the_scope_review(
    url: str,
    engine: Engine,
    clock: FakeClock,
    call: Callable[[httpx2.Client], httpx2.Response],
) -> None:
    with httpx2.Client(base_url=url) as nobody:
        _assert_problem(call(nobody), 401, "unauthenticated")
    with httpx2.Client(base_url=url, headers=_key(engine, clock, "shop", "recommend")) as shop:
        _assert_problem(call(shop), 403, "scope_missing")


def _key(engine: Engine, clock: FakeClock, name: str, scope: str) -> dict[str, str]:
    key = ApiKey.random()
    create_key(engine, clock, key, name, [scope], by="test")
    return {"Authorization": f"Bearer {key}"}


def _claim(api: httpx2.Client, seconds: int = 300) -> Json:
    response = api.post("/v1/reviews/claim", json={"lease_seconds": seconds})
    assert response.status_code == 200, response.text
    (task,) = response.json()["tasks"]
    return dict(task)


def _act(api: httpx2.Client, action: str, **body: object) -> httpx2.Response:
    """Claim the only task and do this with it."""
    task = _claim(api)
    return api.post(
        f"/v1/reviews/{task['id']}/{action}", json={"lease_token": task["lease_token"], **body}
    )


def _listed(api: httpx2.Client, **filters: str) -> list[Json]:
    return list(api.get("/v1/reviews", params=filters).json()["tasks"])


def _assert_problem(response: httpx2.Response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert response.headers["content-type"] == "application/problem+json"
