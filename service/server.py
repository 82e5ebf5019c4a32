"""One process that serves until it is told to stop, and then leaves nothing running."""

from __future__ import annotations

import signal
import socket
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI

from models.errors import ConfigurationError
from service.app import create_app
from service.database.opening import open_database
from service.logs import configure_logging
from service.settings import Settings

GRACE_SECONDS = 15

log = structlog.get_logger(__name__)


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; running requests are answered, then the database stops.

    Raises ConfigurationError when the address is taken or the database cannot be used.
    """
    configure_logging(settings.log_level)
    # uvicorn hands the signal on when it has stopped; by itself SIGTERM would end the process
    # before the embedded database is stopped.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with _listen(settings) as listener, open_database(settings) as engine:
            log.info("serving", host=settings.host, port=listener.getsockname()[1])
            uvicorn.Server(server_config(create_app(settings, engine))).run(sockets=[listener])
    except KeyboardInterrupt:
        log.info("stopped")


def server_config(app: FastAPI) -> uvicorn.Config:
    """Return uvicorn's fastest settings; our own middleware logs what is worth a line."""
    return uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}; "
            "set HOST or PORT to another address."
        ) from error


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
