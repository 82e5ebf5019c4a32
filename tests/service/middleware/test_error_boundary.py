from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from starlette.middleware import Middleware
from structlog.testing import capture_logs

from service.middleware.error_boundary import ErrorBoundary
from tests.service.conftest import Serve


async def _half_an_answer() -> AsyncIterator[bytes]:
    yield b"half"
    raise ZeroDivisionError


@pytest.fixture
def url(serve: Serve) -> str:
    app = FastAPI(middleware=[Middleware(ErrorBoundary)])

    @app.get("/crash")
    async def crash() -> None:
        raise ZeroDivisionError

    @app.get("/half")
    async def half() -> StreamingResponse:
        return StreamingResponse(_half_an_answer())

    return serve(app)


def test_a_crash_is_logged_once_and_answered(url: str, client: httpx2.Client) -> None:
    with capture_logs() as lines:
        response = client.get(f"{url}/crash")
    assert response.status_code == 500
    assert response.json()["code"] == "internal_error"
    assert [line["event"] for line in lines] == ["request_failed"]


def test_a_crash_amid_an_answer_is_not_taken_for_its_end(url: str, client: httpx2.Client) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        client.get(f"{url}/half")
