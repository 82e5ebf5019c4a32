from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, FastAPI, Response
from starlette.middleware import Middleware
from structlog.testing import capture_logs

from service.metrics import Metrics, create_metrics
from service.middleware.error_boundary import ErrorBoundary
from service.middleware.observe import Observe
from tests.service.conftest import Serve

router = APIRouter(prefix="/v1/items")


@router.get("/{number}")
async def get_item(number: int) -> Response:
    return Response(status_code=number)


@router.get("/{number}/crash")
async def crash(number: int) -> None:
    raise ZeroDivisionError(number)


@pytest.fixture
def metrics() -> Metrics:
    return create_metrics()


@pytest.fixture
def ticks() -> Iterator[float]:
    return iter([100.0, 100.25, 200.0, 201.5])


@pytest.fixture
def url(serve: Serve, metrics: Metrics, ticks: Iterator[float]) -> str:
    observe = Middleware(Observe, metrics, clock=lambda: next(ticks))
    app = FastAPI(middleware=[observe, Middleware(ErrorBoundary)])
    app.include_router(router)
    return serve(app)


def _requests(metrics: Metrics, route: str, status_class: str) -> float | None:
    labels = {"route": route, "method": "GET", "status_class": status_class}
    return metrics.registry.get_sample_value("alc_http_requests_total", labels)


def test_requests_are_counted_by_template_not_by_path(
    url: str, client: httpx2.Client, metrics: Metrics
) -> None:
    client.get(f"{url}/v1/items/200")
    client.get(f"{url}/v1/items/204")
    assert _requests(metrics, "/v1/items/{number}", "2xx") == 2


def test_unknown_paths_share_one_series(url: str, client: httpx2.Client, metrics: Metrics) -> None:
    client.get(f"{url}/a")
    client.get(f"{url}/b")
    assert _requests(metrics, "unmatched", "4xx") == 2


def test_unknown_methods_share_one_series(
    url: str, client: httpx2.Client, metrics: Metrics
) -> None:
    client.request("PROPFIND", f"{url}/v1/items/200")
    labels = {"route": "/v1/items/{number}", "method": "OTHER", "status_class": "4xx"}
    assert metrics.registry.get_sample_value("alc_http_requests_total", labels) == 1


def test_the_time_is_measured(url: str, client: httpx2.Client, metrics: Metrics) -> None:
    client.get(f"{url}/v1/items/200")
    labels = {"route": "/v1/items/{number}", "method": "GET", "status_class": "2xx"}
    value = metrics.registry.get_sample_value
    assert value("alc_http_request_duration_seconds_sum", labels) == 0.25


def test_a_crash_counts_as_an_error(url: str, client: httpx2.Client, metrics: Metrics) -> None:
    assert client.get(f"{url}/v1/items/1/crash").status_code == 500
    assert _requests(metrics, "/v1/items/{number}/crash", "5xx") == 1


def _access_lines(url: str, client: httpx2.Client, *paths: str) -> list[Any]:
    with capture_logs() as lines:
        for path in paths:
            client.get(url + path)
    return [line for line in lines if line["event"] == "request"]


def test_a_good_fast_request_leaves_no_line_but_a_slow_one_does(
    url: str, client: httpx2.Client
) -> None:
    (line,) = _access_lines(url, client, "/v1/items/200", "/v1/items/201")
    assert (line["path"], line["milliseconds"]) == ("/v1/items/201", 1500.0)


def test_an_error_leaves_a_line(url: str, client: httpx2.Client) -> None:
    (line,) = _access_lines(url, client, "/v1/items/404")
    assert (line["status"], line["method"]) == (404, "GET")
