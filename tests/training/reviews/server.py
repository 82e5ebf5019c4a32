"""A web server that answers as it is told, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Told:
    """The next answer; `announced` is its Content-Length, None for its own."""

    status: int = 200
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None
    chunked: bool = False
    silent: threading.Event | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)


@contextmanager
def serving(told: Told) -> Iterator[str]:
    """Yield the URL of a server on this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            told.asked.append((self.path, self.headers.get("Authorization")))
            if told.silent is not None:
                told.silent.wait(10)
            self.close_connection = True
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            if told.chunked:
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                # As a server does whose source of rows has failed: no last chunk.
                self.wfile.write(b"%x\r\n%b\r\n" % (len(told.content), told.content))
                return
            length = len(told.content) if told.announced is None else told.announced
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(told.content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        if told.silent is not None:
            told.silent.set()
        server.shutdown()
        thread.join()
        server.server_close()
