"""What every test of the service stands on: a real PostgreSQL, a clock, a real server."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy import URL, ColumnElement, DateTime, Engine, bindparam, create_engine, text

from service.database.embedded import embedded_database
from service.database.engine import open_engine, transaction
from service.database.migrate import migrate
from service.database.tables import Base
from service.errors import DatabaseUnavailable
from service.server import server_config

Serve = Callable[[FastAPI], str]


@dataclass(eq=False)
class FakeClock:
    """An SqlClock that stands still until told otherwise."""

    now: datetime = datetime(2026, 1, 1, 12, tzinfo=UTC)

    def __call__(self) -> ColumnElement[datetime]:
        return bindparam(
            None, type_=DateTime(timezone=True), callable_=lambda: self.now, unique=True
        )

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture(autouse=True, scope="session")
def _plain_log() -> None:
    """The default draws each traceback in a frame, which takes a second."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def postgres_url(testrun_uid: str) -> Iterator[URL]:
    """One server for all workers of a run."""
    with temporary_postgres(Path(tempfile.gettempdir()) / f"alc-test-{testrun_uid[:12]}") as url:
        yield url


@pytest.fixture(scope="session")
def database_url(postgres_url: URL, worker_id: str) -> URL:
    """One migrated database for each worker."""
    url = create_database(postgres_url, f"test_{worker_id}")
    engine = open_test_engine(url)
    migrate(engine)
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def shared_engine(database_url: URL) -> Iterator[Engine]:
    engine = open_test_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(shared_engine: Engine) -> Engine:
    """A migrated database without rows."""
    try:
        _remove_all_rows(shared_engine)
    except DatabaseUnavailable:
        # A server of the test before may still have been at work, which made a deadlock.
        _remove_all_rows(shared_engine)
    return shared_engine


@pytest.fixture
def empty_database(postgres_url: URL, worker_id: str) -> Iterator[Engine]:
    """A database without tables."""
    engine = open_test_engine(create_database(postgres_url, f"empty_{worker_id}"))
    yield engine
    engine.dispose()


@pytest.fixture
def stoppable_database() -> Iterator[tuple[Engine, Callable[[], None]]]:
    """A migrated database of its own, and the function that really stops its server."""
    server = ExitStack()
    directory = Path(tempfile.mkdtemp(prefix="alc-test-"))
    with server:
        engine = open_test_engine(server.enter_context(temporary_postgres(directory)))
        migrate(engine)
        yield engine, server.close
        engine.dispose()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start apps in a real uvicorn on a free port; returns the base URL."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(running(app))


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(timeout=10) as client:
        yield client


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Yield the base URL of a uvicorn that runs in a thread as `alc-serve run` configures it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(server_config(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            _wait_until_started(server, thread)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=20)


@contextmanager
def temporary_postgres(directory: Path) -> Iterator[URL]:
    """Yield the URL of a server whose directory is removed when its last user is gone.

    Not under pytest's own temporary directory: when the tests run as root PostgreSQL runs as
    another user, and pytest takes that directory away from all others whenever it starts.
    """
    with embedded_database(directory) as url:
        yield url
    if not (directory / "postmaster.pid").exists():
        shutil.rmtree(directory, ignore_errors=True)


def open_test_engine(url: URL) -> Engine:
    return open_engine(url, pool_size=5, timeout_seconds=15)


def _remove_all_rows(engine: Engine) -> None:
    tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with transaction(engine) as connection:
        connection.execute(text(f"truncate {tables} restart identity"))


def create_database(server: URL, name: str) -> URL:
    """Return the URL of a new, empty database; an old one of that name is dropped."""
    administration = create_engine(server, isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        # Nothing in a test outlives the machine, so nothing needs to reach the disk.
        connection.execute(text("alter system set fsync = off"))
        connection.execute(text("select pg_reload_conf()"))
        connection.execute(text(f'drop database if exists "{name}" with (force)'))
        connection.execute(text(f'create database "{name}"'))
    administration.dispose()
    return server.set(database=name)


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + 20
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the server did not start; see the log above")
        time.sleep(0.005)
