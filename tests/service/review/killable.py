"""A program that serves the queue from a process of its own for every line that it reads.

It answers each line with the process id and the port; the processes are there to be killed. They
are forked, so that only the first one waits for the imports.
"""

from __future__ import annotations

import os
import socket
import sys

import uvicorn
from sqlalchemy import make_url

from service.app import create_app
from service.database.engine import open_engine
from service.review.dependencies import connect_catalogue
from service.server import server_config
from service.settings import Settings
from tests.service.review.queues import CATALOGUE


def serve(database_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        engine = open_engine(make_url(database_url), pool_size=2, timeout_seconds=20)
        app = create_app(Settings(), engine)
        connect_catalogue(app, CATALOGUE.__contains__)
        # In one write, which nothing that is logged can come between.
        os.write(1, f"\nready {os.getpid()} {listener.getsockname()[1]}\n".encode())
        uvicorn.Server(server_config(app)).run(sockets=[listener])


def main() -> None:
    for _ in sys.stdin:
        if os.fork() == 0:
            serve(sys.argv[1])
            os._exit(0)


if __name__ == "__main__":
    main()
