"""Give every request an id that the answer, the errors and the log share."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from service.problems import REQUEST_ID_KEY

HEADER = b"x-request-id"
SANE = re.compile(rb"[A-Za-z0-9_.-]{1,64}")


def random_request_id() -> str:
    return uuid4().hex


class RequestId:
    """Take the caller's `X-Request-ID` where it is harmless, else make one; echo it."""

    def __init__(self, app: ASGIApp, new_id: Callable[[], str] = random_request_id) -> None:
        self._app = app
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _given_id(scope) or self._new_id()
        scope.setdefault("state", {})[REQUEST_ID_KEY] = request_id
        bind_contextvars(request_id=request_id)
        header = (HEADER, request_id.encode())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), header]
            await send(message)

        await self._app(scope, receive, send_with_id)


def _given_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == HEADER and SANE.fullmatch(value):
            given: bytes = value
            return given.decode()
    return None
