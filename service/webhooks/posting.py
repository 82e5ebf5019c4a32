"""One POST to an address that was checked, within a time limit for all of it.

Not by a client library: those look the name up again after it was checked, and limit each read
instead of the whole, so that a receiver that sends a byte now and then holds them for ever.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

import httptools

from service.webhooks.addresses import Address, Network, check_addresses, resolve

PORTS = {"http": 80, "https": 443}
MAX_HEAD_BYTES = 64 * 1024
READ_BYTES = 4096
USER_AGENT = "alc-webhooks"


class BadAnswer(OSError):
    """The receiver answered with something that is not HTTP."""


@dataclass(slots=True)
class Answer:
    """The head of an answer; its body is not read."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)


async def post(
    url: str, headers: Mapping[str, str], body: bytes, private: Sequence[Network], seconds: float
) -> Answer:
    """Send the body and return the head of the answer; redirects are not followed.

    Raises WebhookUrlRefused for an address that is neither public nor private by the settings,
    TimeoutError, and OSError where the receiver cannot be reached or does not speak HTTP.
    """
    async with asyncio.timeout(seconds):
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        addresses = await asyncio.to_thread(resolve, host, port)
        check_addresses(addresses, private)
        reader, writer = await _connect(addresses, port, host, secure=parts.scheme == "https")
        try:
            writer.write(_request(parts, headers, body))
            await writer.drain()
            return await _read_head(reader)
        finally:
            writer.transport.abort()


async def _connect(
    addresses: Sequence[Address], port: int, host: str, *, secure: bool
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the first address that takes it: to the address, so that no name is looked up."""
    context = _tls() if secure else None
    name = host if secure else None
    refused: OSError = OSError(f"{host} has no address")
    for address in addresses:
        try:
            return await asyncio.open_connection(
                str(address), port, ssl=context, server_hostname=name
            )
        except OSError as error:
            refused = error
    raise refused


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _request(parts: SplitResult, headers: Mapping[str, str], body: bytes) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [
        f"POST {target} HTTP/1.1",
        f"host: {parts.netloc}",
        "connection: close",
        f"user-agent: {USER_AGENT}",
        "content-type: application/json",
        f"content-length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


@dataclass(slots=True)
class _Head:
    """What httptools tells while it parses."""

    answer: Answer = field(default_factory=Answer)
    complete: bool = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.answer.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self.complete = True


async def _read_head(reader: asyncio.StreamReader) -> Answer:
    head = _Head()
    parser = httptools.HttpResponseParser(head)
    for _ in range(MAX_HEAD_BYTES // READ_BYTES):
        data = await reader.read(READ_BYTES)
        if not data:
            raise BadAnswer("the receiver closed the connection without an answer")
        try:
            parser.feed_data(data)
        except httptools.HttpParserError as error:
            raise BadAnswer(f"the receiver's answer is not HTTP: {error}") from error
        if head.complete:
            status = parser.get_status_code()
            if status >= HTTPStatus.OK:  # before that it is an interim answer
                head.answer.status = status
                return head.answer
            head.complete = False
    raise BadAnswer("the head of the receiver's answer is too long")
