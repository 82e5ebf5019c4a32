from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

import httpx2
import pytest
from fastapi import Depends, FastAPI
from sqlalchemy import Engine

from service.access import service
from service.access.actor import Actor, Scope
from service.access.dependencies import CSRF_HEADER, SESSION_COOKIE, require, require_page
from service.access.tokens import ApiKey, csrf_token
from service.app import create_app
from service.settings import Settings
from tests.service.conftest import FakeClock, Serve

HOUR = timedelta(hours=1)


Reviewer = Annotated[Actor, Depends(require(Scope.REVIEW))]
Visitor = Annotated[Actor, Depends(require_page(Scope.REVIEW))]
Either = Annotated[Actor, Depends(require(Scope.REVIEW, Scope.ADMIN))]


async def who(actor: Reviewer) -> dict[str, str | None]:
    return {"name": actor.name, "via": actor.via, "csrf": actor.csrf_token}


async def page(visitor: Visitor) -> str:
    return visitor.name


async def either(actor: Either) -> str:
    return actor.name


def _app(engine: Engine, clock: FakeClock) -> FastAPI:
    app = create_app(Settings(key_cache_seconds=0), engine, clock)
    app.get("/test/who")(who)
    app.post("/test/who")(who)
    app.get("/test/page")(page)
    return app


@pytest.fixture
def url(serve: Serve, engine: Engine, clock: FakeClock) -> str:
    return serve(_app(engine, clock))


def _key(engine: Engine, clock: FakeClock, *scopes: str) -> ApiKey:
    key = ApiKey.random()
    service.create_key(engine, clock, key, "shop", list(scopes), by="ann")
    return key


def _bearer(key: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _session(engine: Engine, clock: FakeClock, *scopes: str) -> str:
    link = service.create_sign_in_link(engine, clock, "bob", list(scopes), HOUR, by="ann")
    return service.redeem_sign_in_link(engine, clock, link, HOUR)


def _cookie(session: str) -> dict[str, str]:
    return {"Cookie": f"{SESSION_COOKIE}={session}"}


@pytest.mark.parametrize("scope", ["review", "admin"])
def test_a_key_with_the_scope_is_let_in(
    url: str, client: httpx2.Client, engine: Engine, clock: FakeClock, scope: str
) -> None:
    key = _key(engine, clock, scope)
    for response in (
        client.get(f"{url}/test/who", headers=_bearer(key)),
        client.post(f"{url}/test/who", headers=_bearer(key)),
    ):
        assert response.json() == {"name": "shop", "via": "key", "csrf": None}


def test_a_key_without_the_scope_is_not(
    url: str, client: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    response = client.get(f"{url}/test/who", headers=_bearer(_key(engine, clock, "recommend")))
    assert (response.status_code, response.json()["code"]) == (403, "scope_missing")
    assert "review" in response.json()["detail"]


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer nonsense", "Basic {key}", "Bearer {key}x", "{key}"]
)
def test_anything_but_a_valid_key_is_unauthenticated(
    url: str, client: httpx2.Client, engine: Engine, clock: FakeClock, header: str
) -> None:
    key = _key(engine, clock, "review")
    response = client.get(f"{url}/test/who", headers={"Authorization": header.format(key=key)})
    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")


def test_nobody_is_unauthenticated(url: str, client: httpx2.Client) -> None:
    assert client.get(f"{url}/test/who").status_code == 401


def test_a_revoked_key_is_shut_out(
    url: str, client: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    key = _key(engine, clock, "review")
    assert client.get(f"{url}/test/who", headers=_bearer(key)).status_code == 200
    service.revoke_key(engine, clock, key.id, by="ann")
    assert client.get(f"{url}/test/who", headers=_bearer(key)).status_code == 401


def test_a_session_reads_without_and_writes_with_its_csrf_token(
    url: str, client: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    session = _session(engine, clock, "review")
    read = client.get(f"{url}/test/who", headers=_cookie(session))
    assert read.json() == {"name": "bob", "via": "session", "csrf": csrf_token(session)}
    token = {CSRF_HEADER: read.json()["csrf"]}
    written = client.post(f"{url}/test/who", headers=_cookie(session) | token)
    assert written.json()["name"] == "bob"


@pytest.mark.parametrize("token", [None, "", "guessed"])
def test_a_session_does_not_write_without_it(
    url: str, client: httpx2.Client, engine: Engine, clock: FakeClock, token: str | None
) -> None:
    headers = _cookie(_session(engine, clock, "review"))
    if token is not None:
        headers[CSRF_HEADER] = token
    response = client.post(f"{url}/test/who", headers=headers)
    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")


def test_a_session_that_has_ended_is_shut_out(
    url: str, client: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    session = _session(engine, clock, "review")
    clock.advance(HOUR.total_seconds())
    assert client.get(f"{url}/test/who", headers=_cookie(session)).status_code == 401


def test_a_page_sends_strangers_to_sign_in_and_back(url: str, client: httpx2.Client) -> None:
    response = client.get(f"{url}/test/page")
    assert response.status_code == 303
    assert response.headers["location"] == "/sign-in?next=/test/page"


def test_a_page_tells_people_what_they_lack(
    url: str, client: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    session = _session(engine, clock, "recommend")
    assert client.get(f"{url}/test/page", headers=_cookie(session)).status_code == 403


def test_keys_seen_before_work_without_the_database(
    serve: Serve,
    client: httpx2.Client,
    clock: FakeClock,
    stoppable_database: tuple[Engine, Callable[[], None]],
) -> None:
    engine, stop = stoppable_database
    url = serve(_app(engine, clock))
    seen, unseen = _key(engine, clock, "review"), _key(engine, clock, "review")
    assert client.get(f"{url}/test/who", headers=_bearer(seen)).status_code == 200
    stop()
    assert client.get(f"{url}/test/who", headers=_bearer(seen)).status_code == 200
    response = client.get(f"{url}/test/who", headers=_bearer(unseen))
    assert (response.status_code, response.json()["code"]) == (503, "database_unavailable")
    assert response.headers["retry-after"] == "5"


def test_one_of_several_scopes_suffices(
    serve: Serve, client: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    app = create_app(Settings(), engine, clock)
    app.get("/test/either")(either)
    url = f"{serve(app)}/test/either"
    for scope in ("review", "admin"):
        assert client.get(url, headers=_bearer(_key(engine, clock, scope))).status_code == 200
    refused = client.get(url, headers=_bearer(_key(engine, clock, "recommend")))
    assert refused.json()["detail"] == "This call needs the scope 'review' or 'admin'."
