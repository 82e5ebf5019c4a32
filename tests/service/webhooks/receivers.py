"""A receiver of webhooks on loopback, which answers as it is told and keeps what it gets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook as Verifier

Headers = Mapping[str, str]
Reply = tuple[int, Headers]
OK: Reply = (204, {})
WAIT_SECONDS = 20


@dataclass(frozen=True)
class Received:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    def verified(self, secret: str) -> Any:
        """Return the payload; the package's own verifier raises when the signature is wrong."""
        return Verifier(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """`replies` are given one after the other, the last of them for ever."""

    url: str
    replies: Sequence[Reply]
    seconds: float = 0.0  # before it answers
    got: list[Received] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_for(self, count: int, seconds: float = WAIT_SECONDS) -> list[Received]:
        """Return what came once it is so many requests."""
        wait_until(lambda: len(self.got) >= count, seconds)
        return list(self.got)

    def take(self, received: Received) -> Reply:
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.got.append(received)
            reply = self.replies[min(len(self.got), len(self.replies)) - 1]
        time.sleep(self.seconds)
        with self.lock:
            self.at_once -= 1
        return reply


@contextmanager
def receiving(*replies: Reply, seconds: float = 0.0, port: int = 0) -> Iterator[Receiver]:
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook", replies or (OK,), seconds)
    server.receiver = receiver  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        status, headers = receiver.take(Received(self.path, dict(self.headers), body))
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
        except OSError:
            pass  # the sender did not wait so long

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its own name
        """Say nothing."""


def wait_until(condition: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
