from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import Engine

from service.access import service
from service.access.dependencies import CSRF_HEADER, SESSION_COOKIE
from service.access.tokens import ApiKey, csrf_token
from service.app import create_app
from service.settings import Settings
from tests.service.conftest import FakeClock, Serve

QUARTER = timedelta(minutes=15)


@pytest.fixture
def url(serve: Serve, engine: Engine, clock: FakeClock) -> str:
    return serve(create_app(Settings(session_hours=2), engine, clock))


@pytest.fixture
def link(url: str, engine: Engine, clock: FakeClock) -> str:
    token = service.create_sign_in_link(engine, clock, "bob", ["review"], QUARTER, by="ann")
    return f"{url}/sign-in/{token}"


def _key(engine: Engine, clock: FakeClock, *scopes: str) -> str:
    key = ApiKey.random()
    service.create_key(engine, clock, key, "shop", list(scopes), by="ann")
    return str(key)


def test_looking_at_a_link_does_not_use_it_up(link: str, client: httpx2.Client) -> None:
    for _ in range(3):
        preview = client.get(link)
        assert preview.status_code == 200
        assert "set-cookie" not in preview.headers
    assert client.post(link).status_code == 303


def test_pressing_the_button_signs_in_once(link: str, client: httpx2.Client) -> None:
    response = client.post(link)
    assert response.headers["location"] == "/review"
    assert SESSION_COOKIE in client.cookies
    again = client.post(link)
    assert again.status_code == 410
    assert "ask for a new one" in again.text


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(
    link: str, client: httpx2.Client
) -> None:
    cookie = client.post(link).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "max-age=7200" in cookie
    assert "secure" not in cookie


def test_behind_https_the_cookie_stays_there(link: str, client: httpx2.Client) -> None:
    response = client.post(link, headers={"X-Forwarded-Proto": "https"})
    assert "secure" in response.headers["set-cookie"].lower()


@pytest.mark.parametrize("scope", ["review", "admin"])
def test_a_key_signs_in_and_leads_back(
    url: str, client: httpx2.Client, engine: Engine, clock: FakeClock, scope: str
) -> None:
    form = {"key": _key(engine, clock, scope), "next": "/review?state=open"}
    response = client.post(f"{url}/sign-in", data=form)
    assert (response.status_code, response.headers["location"]) == (303, "/review?state=open")
    assert SESSION_COOKIE in client.cookies


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", ""]
)
def test_signing_in_never_leads_to_another_site(
    url: str, client: httpx2.Client, engine: Engine, clock: FakeClock, target: str
) -> None:
    assert "evil" not in client.get(f"{url}/sign-in", params={"next": target}).text
    form = {"key": _key(engine, clock, "review"), "next": target}
    assert client.post(f"{url}/sign-in", data=form).headers["location"] == "/review"


def test_a_wrong_key_is_told_so(url: str, client: httpx2.Client) -> None:
    response = client.post(f"{url}/sign-in", data={"key": "nonsense"})
    assert response.status_code == 401
    assert "not a valid key" in response.text
    assert not client.cookies


def test_a_key_for_programs_is_told_so(
    url: str, client: httpx2.Client, engine: Engine, clock: FakeClock
) -> None:
    response = client.post(f"{url}/sign-in", data={"key": _key(engine, clock, "recommend")})
    assert response.status_code == 403
    assert "lacks the scope" in response.text


def test_forms_of_other_sites_are_refused(link: str, client: httpx2.Client) -> None:
    response = client.post(link, headers={"Sec-Fetch-Site": "cross-site"})
    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    assert client.post(link, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_what_was_typed_is_escaped(url: str, client: httpx2.Client) -> None:
    page = client.get(f"{url}/sign-in", params={"next": '/"><script>alert(1)</script>'})
    assert "<script>" not in page.text


@pytest.mark.parametrize("by", ["header", "form"])
def test_signing_out_needs_the_csrf_token(link: str, client: httpx2.Client, by: str) -> None:
    client.post(link)
    url = link.partition("/sign-in")[0]
    session = client.cookies[SESSION_COOKIE]
    assert client.post(f"{url}/sign-out").status_code == 403
    assert client.get(f"{url}/review").status_code == 200
    token = csrf_token(session)
    headers = {CSRF_HEADER: token} if by == "header" else {}
    form = {"csrf_token": token} if by == "form" else {}
    assert client.post(f"{url}/sign-out", headers=headers, data=form).status_code == 303
    assert SESSION_COOKIE not in client.cookies
    client.cookies[SESSION_COOKIE] = session
    assert client.get(f"{url}/review").status_code == 303


def test_without_a_database_nobody_signs_in(
    serve: Serve,
    client: httpx2.Client,
    clock: FakeClock,
    stoppable_database: tuple[Engine, Callable[[], None]],
) -> None:
    engine, stop = stoppable_database
    url = serve(create_app(Settings(), engine, clock))
    stop()
    response = client.post(f"{url}/sign-in/any")
    assert (response.status_code, response.json()["code"]) == (503, "database_unavailable")
