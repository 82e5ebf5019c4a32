"""Count and time requests; log those worth a line."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.metrics import Metrics

SLOW_SECONDS = 1.0
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"  # any number of made-up paths is one series

log = structlog.get_logger(__name__)


class Observe:
    """Metrics by route template; a log line for errors and slow requests only.

    A line for every request would cost a quarter of the throughput.
    """

    def __init__(
        self, app: ASGIApp, metrics: Metrics, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = self._clock(), 500

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_see)
        finally:
            self._record(scope, status, self._clock() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        labels = (route_template(scope), method, f"{status // 100}xx")
        self._metrics.http_requests.labels(*labels).inc()
        self._metrics.http_request_duration.labels(*labels).observe(seconds)
        if status < 400 and seconds < SLOW_SECONDS:
            return
        log.info(
            "request",
            method=method,
            path=scope["path"],
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )


def route_template(scope: Scope) -> str:
    """Return the path as it was declared, such as `/v1/reviews/{task_id}`."""
    template: str = getattr(scope.get("route"), "path", "") or UNMATCHED
    return template
