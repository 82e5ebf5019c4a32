from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine

from models.bundle.publish import publish
from service.app import create_app
from service.settings import Settings
from tests.service.conftest import FakeClock, running
from tests.service.promise.audits import Deployment
from tests.service.promise.promises import FRIDGES, ORDINARY, PHONES, STRICTER
from tests.service.recommend.conftest import create_key
from tests.small_bundle import CREATED_AT, small_contents

Json = dict[str, Any]
SERVED = 0.7  # the threshold of phones
REASON = {"reason": "the feed was mended"}


@pytest.fixture(scope="module")
def server_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="module")
def server(
    shared_engine: Engine, server_clock: FakeClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Any]]:
    """One server for all tests here; each has its own rows and time."""
    directory: Path = tmp_path_factory.mktemp("bundles")
    contents = small_contents(promises=(ORDINARY, STRICTER))
    publish(directory, contents, created_at=CREATED_AT)
    app = create_app(Settings(bundles_dir=directory), shared_engine, server_clock)
    served = app.state.service.bundles.load()
    with running(app) as url:
        yield url, served.bundle


@pytest.fixture
def clock(server_clock: FakeClock) -> FakeClock:
    server_clock.now = FakeClock().now
    return server_clock


@pytest.fixture
def deployment(server: tuple[str, Any], engine: Engine, clock: FakeClock) -> Deployment:
    """Audits of the bundle that the server answers with."""
    return Deployment(engine, clock, server[1])


@pytest.fixture
def api(server: tuple[str, Any], engine: Engine) -> Iterator[httpx2.Client]:
    """What an admin's program sends."""
    headers = {"Authorization": f"Bearer {create_key(engine, 'eve', 'admin')}"}
    with httpx2.Client(base_url=server[0], headers=headers, timeout=10) as client:
        yield client


def test_the_promise_is_said_part_by_part(api: httpx2.Client, deployment: Deployment) -> None:
    deployment.audit(True, False, threshold=SERVED)
    deployment.draw(SERVED)
    promise = api.get("/v1/promise").json()
    assert promise["bundle_id"] == deployment.bundle.bundle_id
    assert (promise["target_precision"], promise["confidence"]) == (0.95, 0.9)
    assert (promise["state"], promise["overrides"], promise["proposal_id"]) == ("kept", [], None)
    other, phones, fridges = promise["parts"]
    assert [other["group"], phones["group"], fridges["group"]] == [None, PHONES, FRIDGES]
    assert (phones["decision"], phones["state"]) == ("auto_accept", "kept")
    assert (phones["certified_threshold"], phones["threshold"]) == (SERVED, SERVED)
    assert (phones["live"]["audits"], phones["live"]["errors"]) == (2, 1)
    assert phones["live"]["precision"] == 0.5
    assert 0 < phones["live"]["lower_bound"] < 0.5 < phones["live"]["upper_bound"] < 1
    assert phones["samples"] == {"waiting": 1, "left_out": 0}
    assert fridges["live"] is None


def test_a_broken_promise_is_said_and_restored(api: httpx2.Client, deployment: Deployment) -> None:
    wrong = deployment.break_promise(SERVED)
    promise = api.get("/v1/promise").json()
    assert (promise["state"], promise["parts"][1]["state"]) == ("tightened", "tightened")
    (override,) = promise["overrides"]
    assert (override["group"], override["threshold_before"]) == (PHONES, SERVED)
    assert (override["threshold"], override["errors"]) == (0.85, wrong)
    assert "audited answers were wrong" in override["reason"]
    response = api.post("/v1/promise/restore", json=REASON)
    assert response.status_code == 200
    assert response.json() == {
        "restored": [{"decision": "auto_accept", "group": PHONES, "threshold": SERVED}]
    }
    promise = api.get("/v1/promise").json()
    assert (promise["state"], promise["overrides"]) == ("kept", [])
    newest = api.get("/v1/promise/changes").json()["changes"][0]
    assert (newest["kind"], newest["actor"]) == ("restored", "eve")


def test_the_estimates_are_read_page_by_page_newest_first(
    api: httpx2.Client, deployment: Deployment
) -> None:
    deployment.audit(True, True, False, True, True, threshold=SERVED)
    audits, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        parameters: Json = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = api.get("/v1/promise/estimates", params=parameters).json()
        audits += [one["audits"] for one in page["estimates"]]
        cursor, pages = page["next_cursor"], pages + 1
    assert (audits, pages) == ([5, 4, 3, 2, 1], 3)
    assert page["estimates"][0]["group"] == PHONES
    assert page["estimates"][0]["bundle_id"] == deployment.bundle.bundle_id


def test_the_changes_are_read_page_by_page(api: httpx2.Client, deployment: Deployment) -> None:
    for _ in range(2):
        deployment.break_promise(SERVED)
        deployment.clock.advance(1)
        assert api.post("/v1/promise/restore", json=REASON).status_code == 200
        deployment.clock.advance(1)
    first = api.get("/v1/promise/changes", params={"limit": 3}).json()
    parameters = {"limit": 3, "cursor": first["next_cursor"]}
    second = api.get("/v1/promise/changes", params=parameters).json()
    kinds = [one["kind"] for page in (first, second) for one in page["changes"]]
    assert kinds == ["restored", "breached", "restored", "breached"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("path", ["estimates", "changes"])
def test_a_cursor_of_one_s_own_making_is_refused(api: httpx2.Client, path: str) -> None:
    response = api.get(f"/v1/promise/{path}", params={"cursor": "mine"})
    assert (response.status_code, response.json()["code"]) == (422, "invalid_cursor")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "missing_field"),
        ({"reason": ""}, 422, "reason_empty"),
        ({"reason": "  "}, 422, "reason_empty"),
        ({"reason": "x" * 2001}, 422, "value_too_long"),
        ({"reason": 3}, 422, "invalid_type"),
        ({**REASON, "group": "toasters"}, 422, "unknown_group"),
        ({**REASON, "group": "a\0b"}, 422, "invalid_value"),
        ({**REASON, "groups": "phones"}, 422, "unknown_field"),
        ({**REASON, "group": FRIDGES}, 409, "nothing_to_restore"),
    ],
)
def test_what_cannot_be_restored_is_refused_and_changes_nothing(
    api: httpx2.Client, deployment: Deployment, body: Json, status: int, code: str
) -> None:
    deployment.break_promise(SERVED)
    response = api.post("/v1/promise/restore", json=body)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert deployment.overrides()[0].lifted_at is None


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("GET", "", {"recommend", "admin"}),
        ("GET", "/estimates", {"recommend", "admin"}),
        ("GET", "/changes", {"recommend", "admin"}),
        ("POST", "/restore", {"admin"}),
    ],
)
def test_only_those_who_need_it_may(
    server: tuple[str, Any], engine: Engine, method: str, path: str, scopes: set[str]
) -> None:
    for scope in ("recommend", "review", "admin"):
        headers = {"Authorization": f"Bearer {create_key(engine, scope, scope)}"}
        url = f"{server[0]}/v1/promise{path}"
        body = REASON if method == "POST" else None
        response = httpx2.request(method, url, headers=headers, json=body)
        assert (response.status_code == 403) == (scope not in scopes), (scope, path)


def test_without_a_bundle_there_is_no_promise(shared_engine: Engine, tmp_path: Path) -> None:
    app = create_app(Settings(bundles_dir=tmp_path), shared_engine)
    with running(app) as url:
        headers = {"Authorization": f"Bearer {create_key(shared_engine)}"}
        response = httpx2.get(f"{url}/v1/promise", headers=headers)
    assert (response.status_code, response.json()["code"]) == (503, "no_bundle")
