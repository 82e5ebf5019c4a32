from __future__ import annotations

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.middleware import Middleware

from service.middleware.security_headers import SecurityHeaders, content_policy
from tests.service.conftest import Serve

POLICY = "content-security-policy"


@pytest.fixture
def url(serve: Serve) -> str:
    app = FastAPI(middleware=[Middleware(SecurityHeaders, frozenset({"/docs"}))])

    @app.get("/page")
    async def page() -> HTMLResponse:
        return HTMLResponse("<p>")

    @app.get("/own")
    async def own() -> HTMLResponse:
        return HTMLResponse("<p>", headers={POLICY: "default-src 'none'"})

    @app.get("/data")
    async def data() -> int:
        return 1

    return serve(app)


def test_pages_forbid_foreign_scripts_frames_and_caches(url: str, client: httpx2.Client) -> None:
    headers = client.get(f"{url}/page").headers
    assert "default-src 'self'" in headers[POLICY]
    assert "frame-ancestors 'none'" in headers[POLICY]
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/data", "/docs"])
def test_data_and_exempt_pages_are_left_alone(url: str, client: httpx2.Client, path: str) -> None:
    response = client.get(url + path)
    assert response.status_code == 200
    assert POLICY not in response.headers


def test_a_page_with_a_policy_of_its_own_keeps_it(url: str, client: httpx2.Client) -> None:
    headers = client.get(f"{url}/own").headers
    assert headers.get_list(POLICY) == ["default-src 'none'"]
    assert headers["x-content-type-options"] == "nosniff"


def test_pictures_come_from_named_hosts_and_nothing_else_does() -> None:
    assert "img-src" not in content_policy()
    policy = content_policy(["cdn.example", "*.shop.example:8080"])
    assert policy == (
        f"{content_policy()}; img-src 'self' https://cdn.example http://cdn.example"
        " https://*.shop.example:8080 http://*.shop.example:8080"
    )
