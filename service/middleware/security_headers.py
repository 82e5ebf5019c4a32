"""Headers that keep other sites and injected text away from our pages."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "content-security-policy"
_SCHEMES = ("https", "http")


def content_policy(picture_hosts: Sequence[str] = ()) -> str:
    """Return the policy of a page that loads its own files only, and pictures from these hosts."""
    pictures = "".join(f" {scheme}://{host}" for host in picture_hosts for scheme in _SCHEMES)
    own = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    return f"{own}; img-src 'self'{pictures}" if pictures else own


PAGE_HEADERS = [
    (POLICY.encode(), content_policy().encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]


class SecurityHeaders:
    """Add `PAGE_HEADERS` to HTML, those that a page does not set itself.

    `exempt` paths load scripts from elsewhere (FastAPI's docs).
    """

    def __init__(self, app: ASGIApp, exempt: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._exempt = exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._exempt:
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                given = {name for name, _ in message["headers"]}
                added = [header for header in PAGE_HEADERS if header[0] not in given]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _is_page(message: Message) -> bool:
    return any(
        name == b"content-type" and value.startswith(b"text/html")
        for name, value in message.get("headers", ())
    )
