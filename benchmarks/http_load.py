"""A closed-loop HTTP client that costs little, run in a process of its own.

Reads a `Load` as JSON from standard input and writes a `Result` as JSON to standard output.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import cast

import uvloop

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"
PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Load:
    """`clients` connections, each sending its next body when it has the answer to the last."""

    host: str
    port: int
    path: str
    headers: dict[str, str]
    bodies: list[str]
    clients: int
    seconds: float


@dataclass
class Result:
    """Milliseconds of each answered request, how long it all took, and other statuses."""

    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0.0
    failures: dict[str, int] = field(default_factory=dict)


class Client(asyncio.Protocol):
    """One keep-alive connection that asks until its time is up or nothing is left to ask."""

    def __init__(
        self, load: Load, bodies: Iterator[str], result: Result, done: asyncio.Future[None]
    ) -> None:
        self._head = "".join(f"{name}: {value}\r\n" for name, value in load.headers.items())
        self._load, self._bodies, self._result, self._done = load, bodies, result, done
        self._ends = time.perf_counter() + load.seconds
        self._received = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's does not inherit
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(END_OF_HEAD)
        if not found or len(body) < _content_length(head):
            return
        now = time.perf_counter()
        self._received = b""
        status = head[9:12].decode()
        if status == "200":
            self._result.milliseconds.append((now - self._sent_at) * 1_000)
        else:
            self._result.failures[status] = self._result.failures.get(status, 0) + 1
        self._ask()

    def connection_lost(self, _: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)

    def _ask(self) -> None:
        body = next(self._bodies, None) if time.perf_counter() < self._ends else None
        if body is None:
            self._transport.close()
            return
        content = body.encode()
        request = (
            f"POST {self._load.path} HTTP/1.1\r\nhost: {self._load.host}\r\n{self._head}"
            f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
        )
        self._sent_at = time.perf_counter()
        self._transport.write(request.encode() + content)


async def drive(load: Load) -> Result:
    """Return what was measured."""
    loop, result, bodies = asyncio.get_running_loop(), Result(), iter(load.bodies)
    dones = [loop.create_future() for _ in range(load.clients)]
    start = time.perf_counter()
    for done in dones:
        await loop.create_connection(
            lambda done=done: Client(load, bodies, result, done),  # type: ignore[misc]
            load.host,
            load.port,
        )
    async with asyncio.timeout(load.seconds + PATIENCE_SECONDS):
        await asyncio.gather(*dones)
    result.seconds = time.perf_counter() - start
    return result


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(LENGTH):
            return int(line.removeprefix(LENGTH))
    return 0


if __name__ == "__main__":
    given = Load(**json.load(sys.stdin))
    json.dump(asdict(uvloop.run(drive(given))), sys.stdout)
