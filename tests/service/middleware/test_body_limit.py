from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest
from fastapi import FastAPI, Request
from pydantic import BaseModel
from starlette.middleware import Middleware

from service.middleware.body_limit import MAX_BODY_BYTES, BodyLimit
from service.problems import add_problem_handlers
from tests.service.conftest import Serve


class Body(BaseModel):
    text: str


@pytest.fixture
def url(serve: Serve) -> str:
    app = FastAPI(middleware=[Middleware(BodyLimit)])
    add_problem_handlers(app)

    @app.post("/raw")
    async def raw(request: Request) -> int:
        return len(await request.body())

    @app.post("/json")
    async def parsed(body: Body) -> int:
        return len(body.text)

    return serve(app)


def _chunks(size: int) -> Iterator[bytes]:
    """A body whose length is not declared."""
    step = 64 * 1024
    for start in range(0, size, step):
        yield b"a" * min(step, size - start)


def test_a_body_of_exactly_the_limit_is_taken(url: str, client: httpx2.Client) -> None:
    response = client.post(f"{url}/raw", content=b"a" * MAX_BODY_BYTES)
    assert response.json() == MAX_BODY_BYTES
    response = client.post(f"{url}/raw", content=_chunks(MAX_BODY_BYTES))
    assert response.json() == MAX_BODY_BYTES


@pytest.mark.parametrize("path", ["/raw", "/json"])
@pytest.mark.parametrize("declared", [True, False])
def test_a_larger_one_is_refused(
    url: str, client: httpx2.Client, path: str, declared: bool
) -> None:
    size = MAX_BODY_BYTES + 1
    headers = {"content-type": "application/json"}
    content = b"a" * size if declared else _chunks(size)
    response = client.post(url + path, content=content, headers=headers)
    assert response.status_code == 413
    assert response.json()["code"] == "body_too_large"


def test_the_connection_serves_on_after_a_refusal(url: str, client: httpx2.Client) -> None:
    client.post(f"{url}/raw", content=b"a" * (3 * MAX_BODY_BYTES))
    assert client.post(f"{url}/raw", content=b"abc").json() == 3
