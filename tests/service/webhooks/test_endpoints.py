from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import Engine

from service.access.service import create_key
from service.access.tokens import ApiKey
from service.app import create_app
from service.settings import Settings
from tests.service.conftest import FakeClock, running
from tests.service.webhooks.receivers import receiving, wait_until
from tests.service.webhooks.senders import LOOPBACK, happen, stored

Json = dict[str, Any]
CREATE: Json = {"url": "http://127.0.0.1:9/hook", "types": ["review.answered"]}


@pytest.fixture(scope="module")
def server_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="module")
def url(shared_engine: Engine, server_clock: FakeClock) -> Iterator[str]:
    settings = Settings(webhook_private_addresses=LOOPBACK, webhook_attempts=1)
    with running(create_app(settings, shared_engine, server_clock)) as url:
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
    create_key(engine, clock, key, "root", list(scopes), by="test")
    return {"Authorization": f"Bearer {key}"}


def test_the_secret_is_shown_once(api: httpx2.Client) -> None:
    created = api.post("/v1/webhooks", json=CREATE)
    assert created.status_code == 201
    webhook = created.json()
    assert webhook.pop("secret").startswith("whsec_")
    assert webhook["created_by"] == "root"
    listed = api.get("/v1/webhooks")
    assert listed.json() == {"webhooks": [webhook]}
    assert "whsec_" not in listed.text


def test_an_event_reaches_the_receiver_of_the_running_service(
    api: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    with receiving() as receiver:
        created = api.post("/v1/webhooks", json={**CREATE, "url": receiver.url}).json()
        happen(engine, clock, "answered")
        (received,) = receiver.wait_for(1)
    assert received.verified(created["secret"])["type"] == "review.answered"
    wait_until(lambda: 'alc_webhook_deliveries{state="delivered"} 1.0' in _metrics(api))
    assert 'alc_webhook_attempts_total{outcome="delivered"} 1.0' in _metrics(api)


def test_dead_letters_are_listed_and_retried(
    api: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    with receiving((500, {}), (204, {})) as receiver:
        api.post("/v1/webhooks", json={**CREATE, "url": receiver.url})
        happen(engine, clock, "answered")
        dead = {"state": "dead"}
        wait_until(
            lambda: bool(api.get("/v1/webhooks/deliveries", params=dead).json()["deliveries"])
        )
        (letter,) = api.get("/v1/webhooks/deliveries", params=dead).json()["deliveries"]
        assert (letter["last_status"], letter["attempts"]) == (500, 1)
        retried = api.post(f"/v1/webhooks/deliveries/{letter['id']}/retry")
        assert (retried.status_code, retried.json()["state"]) == (200, "pending")
        receiver.wait_for(2)
    wait_until(lambda: stored(engine)[0].state == "delivered")


def test_deliveries_are_listed_in_pages_newest_first(
    api: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    with receiving() as receiver:
        webhook = api.post("/v1/webhooks", json={**CREATE, "url": receiver.url}).json()
        for _ in range(5):
            happen(engine, clock, "answered")
            clock.advance(1)
        receiver.wait_for(5)
    found, cursor = [], None
    for _ in range(3):
        query = {"limit": 2, "webhook_id": webhook["id"]} | ({"cursor": cursor} if cursor else {})
        page = api.get("/v1/webhooks/deliveries", params=query).json()
        found += [one["created_at"] for one in page["deliveries"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert found == [f"2026-01-01T12:00:0{second}Z" for second in (4, 3, 2, 1, 0)]
    assert _code(api.get("/v1/webhooks/deliveries?cursor=nonsense")) == (422, "invalid_cursor")


def test_a_deleted_webhook_is_gone(api: httpx2.Client) -> None:
    webhook = api.post("/v1/webhooks", json=CREATE).json()
    assert api.delete(f"/v1/webhooks/{webhook['id']}").status_code == 204
    assert api.get("/v1/webhooks").json() == {"webhooks": []}
    assert _code(api.delete(f"/v1/webhooks/{webhook['id']}")) == (404, "webhook_not_found")


def test_a_disabled_webhook_has_no_retries_until_it_is_enabled(
    api: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    with receiving((410, {}), (204, {})) as receiver:
        webhook = api.post("/v1/webhooks", json={**CREATE, "url": receiver.url}).json()
        happen(engine, clock, "answered")
        wait_until(lambda: stored(engine)[0].state == "dead")
        (shown,) = api.get("/v1/webhooks").json()["webhooks"]
        assert shown["disable_reason"] == "the receiver answered 410 Gone"
        retry = f"/v1/webhooks/deliveries/{stored(engine)[0].id}/retry"
        assert _code(api.post(retry)) == (409, "webhook_disabled")
        enabled = api.post(f"/v1/webhooks/{webhook['id']}/enable")
        assert enabled.json()["disabled_at"] is None
        assert api.post(retry).status_code == 200
        receiver.wait_for(2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"url": "ftp://example.com/"}, "invalid_type"),
        ({"url": "file:///etc/passwd"}, "invalid_type"),
        ({"url": "no url"}, "invalid_type"),
        ({"url": "https://user:password@example.com/"}, "invalid_value"),
        ({"url": "https://example.com/#part"}, "invalid_value"),
        ({"url": "https://example.com/" + "a" * 2000}, "value_too_long"),
        ({"url": "http://10.0.0.1/"}, "webhook_url_refused"),
        ({"url": "http://[::1]/"}, "webhook_url_refused"),
        ({"url": "http://169.254.169.254/latest/meta-data"}, "webhook_url_refused"),
        ({"types": []}, "too_few_items"),
        ({"types": ["review.made_up"]}, "invalid_value"),
        ({"secret": "mine"}, "unknown_field"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused(
    api: httpx2.Client, engine: Engine, change: Json, code: str
) -> None:
    assert _code(api.post("/v1/webhooks", json={**CREATE, **change})) == (422, code)
    assert api.get("/v1/webhooks").json() == {"webhooks": []}


def test_there_are_fifty_webhooks_at_most(api: httpx2.Client) -> None:
    created = [api.post("/v1/webhooks", json=CREATE).status_code for _ in range(50)]
    assert set(created) == {201}
    assert _code(api.post("/v1/webhooks", json=CREATE)) == (409, "too_many_webhooks")


@pytest.mark.parametrize("scope", ["review", "recommend"])
def test_webhooks_are_for_admins(
    url: str, engine: Engine, clock: FakeClock, client: httpx2.Client, scope: str
) -> None:
    headers, some = _key(engine, clock, scope), uuid4()
    for method, path in [
        ("GET", ""),
        ("DELETE", f"/{some}"),
        ("POST", f"/{some}/enable"),
        ("GET", "/deliveries"),
        ("POST", f"/deliveries/{some}/retry"),
    ]:
        answer = client.request(method, f"{url}/v1/webhooks{path}", headers=headers)
        assert _code(answer) == (403, "scope_missing")
    created = client.post(f"{url}/v1/webhooks", json=CREATE, headers=headers)
    assert _code(created) == (403, "scope_missing")


def test_an_unknown_delivery_cannot_be_retried(api: httpx2.Client) -> None:
    answer = api.post(f"/v1/webhooks/deliveries/{uuid4()}/retry")
    assert _code(answer) == (404, "webhook_delivery_not_found")


def _metrics(api: httpx2.Client) -> str:
    return api.get("/metrics").text


def _code(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]
