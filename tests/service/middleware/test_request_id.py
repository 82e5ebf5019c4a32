from __future__ import annotations

import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.middleware import Middleware

from service.middleware.request_id import RequestId
from tests.service.conftest import Serve


@pytest.fixture
def url(serve: Serve) -> str:
    app = FastAPI(middleware=[Middleware(RequestId, new_id=lambda: "made-here")])

    @app.get("/")
    async def own_id(request: Request) -> str:
        request_id: str = request.state.request_id
        return request_id

    return serve(app)


def test_a_request_without_an_id_gets_one(url: str, client: httpx2.Client) -> None:
    response = client.get(url)
    assert response.headers["x-request-id"] == response.json() == "made-here"


def test_a_sane_id_of_the_caller_is_kept(url: str, client: httpx2.Client) -> None:
    response = client.get(url, headers={"X-Request-ID": "order-66.a_B"})
    assert response.headers["x-request-id"] == response.json() == "order-66.a_B"


@pytest.mark.parametrize("given", ["", "a" * 65, "two words", 'quote"', "semi;colon"])
def test_any_other_id_is_replaced(url: str, client: httpx2.Client, given: str) -> None:
    assert client.get(url, headers={"X-Request-ID": given}).json() == "made-here"
