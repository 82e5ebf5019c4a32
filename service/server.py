"""One process that serves until it is told to stop, and then leaves nothing running."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine
from threadpoolctl import threadpool_limits

from models.bundle.bundle import Bundle
from models.errors import ConfigurationError
from service.app import create_app
from service.database.opening import open_database
from service.logs import configure_logging
from service.settings import Settings

GRACE_SECONDS = 15

Announce = Callable[[Settings, Engine, Bundle], None]

log = structlog.get_logger(__name__)


def serve(settings: Settings, announce: Announce | None = None) -> None:
    """Serve until SIGINT or SIGTERM; running requests are answered, then the database stops.

    `announce` is called once the address is taken and the bundle is loaded; it gets the settings
    with the port that was taken, which with port 0 is any free one.

    Raises ConfigurationError when the address is taken or the database cannot be used, and
    BundleError when there is no bundle to serve.
    """
    configure_logging(settings.log_level)
    # A second BLAS thread makes a small matrix product slower, and spins for milliseconds
    # afterwards on the core that answers requests and runs the database.
    threadpool_limits(limits=1)
    # uvicorn hands the signal on when it has stopped; by itself SIGTERM would end the process
    # before the embedded database is stopped.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with _listen(settings) as listener, open_database(settings) as engine:
            app = create_app(settings, engine)
            served = app.state.service.bundles.load()
            port = listener.getsockname()[1]
            log.info("serving", host=settings.host, port=port, bundle=served.bundle.bundle_id)
            if announce is not None:
                announce(settings.model_copy(update={"port": port}), engine, served.bundle)
            uvicorn.Server(server_config(app)).run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # asked for; everything is closed by now
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
