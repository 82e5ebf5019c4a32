"""Refuse bodies that are too large, before they are in memory."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import HTTP_CODES, problem_response

MAX_BODY_BYTES = 1024 * 1024
LARGER = {"/v1/reviews/import": 16 * 1024 * 1024}  # by path; it is read for admins only
STATUS = 413


class BodyLimit:
    """Answer 413 to a declared length above the limit, and to a body that grows beyond it."""

    def __init__(
        self,
        app: ASGIApp,
        max_bytes: int = MAX_BODY_BYTES,
        larger: Mapping[str, int] = MappingProxyType(LARGER),
    ) -> None:
        """`larger` has the limits of paths that take more."""
        self._app = app
        self._max_bytes = max_bytes
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        max_bytes = self._larger.get(scope["path"], self._max_bytes)
        detail = f"The body is larger than {max_bytes:,} bytes; send less at once."
        if _declared_length(scope) > max_bytes:
            response = problem_response(scope, STATUS, HTTP_CODES[STATUS], detail)
            await response(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > max_bytes:
                # FastAPI's own class: it lets this one pass while it reads a body.
                raise HTTPException(STATUS, detail)
            return message

        await self._app(scope, receive_counted, send)


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
