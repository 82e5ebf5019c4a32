from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine

from service.access.service import create_key
from service.access.tokens import ApiKey
from service.app import create_app
from service.settings import Settings
from tests.service.conftest import FakeClock, Serve

Client = Callable[[str], httpx2.Client]


@pytest.fixture
def client_of(serve: Serve, engine: Engine, clock: FakeClock) -> Iterator[Client]:
    """Return clients with a key of this scope."""
    url, clients = serve(create_app(Settings(), engine, clock)), []

    def make(scope: str) -> httpx2.Client:
        key = ApiKey.random()
        create_key(engine, clock, key, f"{scope}er", [scope], by="test")
        headers = {"Authorization": f"Bearer {key}"}
        clients.append(httpx2.Client(base_url=url, headers=headers, timeout=10))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def test_an_admin_makes_changes_and_removes_teams(client_of: Client) -> None:
    admin = client_of("admin")
    made = admin.put("/v1/teams/phones", json={"members": ["ben", "ann"]})
    assert (made.status_code, made.json()) == (200, {"name": "phones", "members": ["ann", "ben"]})
    assert admin.get("/v1/teams").json() == {"teams": [made.json()]}
    assert admin.get("/v1/teams/phones").json() == made.json()
    assert admin.delete("/v1/teams/phones").status_code == 204
    gone = admin.get("/v1/teams/phones")
    assert (gone.status_code, gone.json()["code"]) == (404, "team_not_found")


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("phones", {}, "missing_field"),
        ("phones", {"members": []}, "too_few_items"),
        ("phones", {"members": [" "]}, "invalid_value"),
        ("phones", {"members": ["a\0"]}, "invalid_value"),
        ("phones", {"members": ["x" * 501]}, "value_too_long"),
        ("phones", {"members": ["ann"], "lead": "ann"}, "unknown_field"),
        ("%20phones", {"members": ["ann"]}, "invalid_value"),
        ("x" * 101, {"members": ["ann"]}, "invalid_value"),
    ],
)
def test_what_is_no_team_is_refused(
    client_of: Client, name: str, body: dict[str, Any], code: str
) -> None:
    admin = client_of("admin")
    refused = admin.put(f"/v1/teams/{name}", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert admin.get("/v1/teams").json() == {"teams": []}


def test_nobody_else_sees_or_changes_them(client_of: Client) -> None:
    reviewer = client_of("review")
    for response in (
        reviewer.get("/v1/teams"),
        reviewer.get("/v1/teams/phones"),
        reviewer.put("/v1/teams/phones", json={"members": ["ann"]}),
        reviewer.delete("/v1/teams/phones"),
    ):
        assert (response.status_code, response.json()["code"]) == (403, "scope_missing")
