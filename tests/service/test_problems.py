from __future__ import annotations

from typing import Annotated, Any

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from starlette.middleware import Middleware

from models.errors import BundleError
from service.errors import DatabaseUnavailable, LeaseLost, Unauthenticated
from service.middleware.error_boundary import ErrorBoundary
from service.middleware.request_id import RequestId
from service.problems import add_problem_handlers
from tests.service.conftest import Serve

RAISED: dict[str, Exception] = {
    "lease": LeaseLost(),
    "database": DatabaseUnavailable(),
    "stranger": Unauthenticated(),
    "bundle": BundleError("/srv/secret/place is damaged"),
    "surprise": ZeroDivisionError("secret"),
}


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1)]


def _app() -> FastAPI:
    app = FastAPI(middleware=[Middleware(RequestId), Middleware(ErrorBoundary)])
    add_problem_handlers(app)

    @app.post("/texts")
    async def post_text(body: Body) -> str:
        return body.text

    @app.get("/raise/{name}")
    async def fail(name: str) -> None:
        raise RAISED[name]

    @app.get("/numbers/{number}")
    async def get_number(number: int) -> int:
        return number

    return app


@pytest.fixture
def url(serve: Serve) -> str:
    return serve(_app())


def _problem(response: httpx2.Response) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["status"] == response.status_code
    assert problem["type"] == f"urn:alc:problem:{problem['code']}"
    assert problem["request_id"] == response.headers["x-request-id"] != ""
    assert problem["instance"] == response.request.url.path
    return problem


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("lease", 409, "lease_lost"),
        ("database", 503, "database_unavailable"),
        ("stranger", 401, "unauthenticated"),
        ("bundle", 500, "internal_error"),
        ("surprise", 500, "internal_error"),
    ],
)
def test_errors_have_their_status_and_code(
    url: str, client: httpx2.Client, name: str, status: int, code: str
) -> None:
    problem = _problem(client.get(f"{url}/raise/{name}"))
    assert (problem["status"], problem["code"]) == (status, code)
    assert "secret" not in problem["detail"]


def test_a_caller_learns_when_to_try_again(url: str, client: httpx2.Client) -> None:
    assert client.get(f"{url}/raise/database").headers["retry-after"] == "5"
    assert "retry-after" not in client.get(f"{url}/raise/lease").headers


def test_a_stranger_learns_how_to_authenticate(url: str, client: httpx2.Client) -> None:
    assert client.get(f"{url}/raise/stranger").headers["www-authenticate"] == "Bearer"


def test_unknown_routes_and_methods(url: str, client: httpx2.Client) -> None:
    assert _problem(client.get(f"{url}/nowhere"))["code"] == "route_not_found"
    response = client.get(f"{url}/texts")
    assert _problem(response)["code"] == "method_not_allowed"
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"text": ""}', 422, "text_empty"),
        (b'{"text": "a", "more": 1}', 422, "unknown_field"),
        (b"{}", 422, "missing_field"),
        (b"", 422, "missing_field"),
        (b'{"text": "a"', 400, "invalid_json"),
        (b'{"text": "\xff"}', 400, "invalid_utf8"),
        (b'{"text": "\\ud800"}', 400, "invalid_utf8"),
        (b"[" * 100_000, 400, "invalid_json"),
    ],
)
def test_a_bad_body_is_refused(
    url: str, client: httpx2.Client, content: bytes, status: int, code: str
) -> None:
    headers = {"content-type": "application/json"}
    problem = _problem(client.post(f"{url}/texts", content=content, headers=headers))
    assert (problem["status"], problem["code"]) == (status, code)


def test_every_mistake_is_listed_and_the_first_one_names_the_problem(
    url: str, client: httpx2.Client
) -> None:
    problem = _problem(client.post(f"{url}/texts", json={"text": "", "more": 1}))
    assert [error["code"] for error in problem["errors"]] == ["text_empty", "unknown_field"]
    assert problem["errors"][0]["pointer"] == "/text"
    assert problem["code"] == "text_empty"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_body_must_be_declared_as_json(
    url: str, client: httpx2.Client, media_type: str | None
) -> None:
    headers = {} if media_type is None else {"content-type": media_type}
    response = client.post(f"{url}/texts", content=b'{"text": "a"}', headers=headers)
    assert (response.status_code, _problem(response)["code"]) == (415, "unsupported_media_type")


def test_a_bad_parameter_is_named(url: str, client: httpx2.Client) -> None:
    problem = _problem(client.get(f"{url}/numbers/seven"))
    assert (problem["code"], problem["errors"][0]["parameter"]) == ("invalid_type", "number")
