"""The connection pool, and the one place where its failures become `DatabaseUnavailable`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from models.errors import ConfigurationError
from service.errors import DatabaseUnavailable

DRIVER = "postgresql+psycopg"
DIALECTS = ("postgres", "postgresql", DRIVER)


def parse_url(database_url: str) -> URL:
    """Return the URL with the psycopg 3 driver; `postgres://` and `postgresql://` are accepted.

    Raises ConfigurationError when it is not the URL of a PostgreSQL database.
    """
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise ConfigurationError(
            "DATABASE_URL is not a URL; write postgresql://user:password@host:5432/database"
        ) from error
    if url.drivername not in DIALECTS:
        raise ConfigurationError(
            f"DATABASE_URL begins with {url.drivername!r}; only postgresql:// is supported"
        )
    return url.set(drivername=DRIVER)


def open_engine(url: URL, *, pool_size: int, timeout_seconds: float) -> Engine:
    """Return an engine that never waits much longer than `timeout_seconds` for anything.

    Connecting, waiting for a pooled connection and each statement have that limit of their own.
    No connection is made yet.
    """
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        pool_timeout=timeout_seconds,
        connect_args=_connect_arguments(url, timeout_seconds),
    )


@contextmanager
def translate_database_errors() -> Iterator[None]:
    """Raise DatabaseUnavailable where the database does not answer, or not in time."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise DatabaseUnavailable from error


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Commit on return, roll back on error.

    Raises DatabaseUnavailable where the database does not answer.
    """
    with translate_database_errors(), engine.begin() as connection:
        yield connection


def require_utf8(engine: Engine, database: str | None) -> None:
    """Raise ConfigurationError unless the database can hold every text, as only UTF-8 can.

    Raises DatabaseUnavailable when it does not answer.
    """
    with transaction(engine) as connection:
        encoding = connection.execute(text("show server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise ConfigurationError(
            f"The database {database!r} has the encoding {encoding}; make one with"
            " \"create database ... encoding 'UTF8' template template0\" for DATABASE_URL."
        )


def database_answers(engine: Engine) -> bool:
    """Return whether a trivial statement succeeds."""
    try:
        with transaction(engine) as connection:
            connection.execute(text("select 1"))
    except DatabaseUnavailable:
        return False
    return True


def _connect_arguments(url: URL, timeout_seconds: float) -> dict[str, str | int]:
    milliseconds = math.ceil(timeout_seconds * 1000)
    given = url.query.get("options", "")
    options = given if isinstance(given, str) else " ".join(given)
    return {
        # Without it psycopg takes the server's, and has bytes instead of texts for some.
        "client_encoding": "utf8",
        "connect_timeout": max(2, math.ceil(timeout_seconds)),  # libpq's smallest value is 2
        "options": f"{options} -c statement_timeout={milliseconds}".strip(),
        # A host that vanishes without closing its connections is noticed as fast.
        "tcp_user_timeout": milliseconds,
        "keepalives_idle": max(1, math.ceil(timeout_seconds)),
        "keepalives_interval": 1,
        "keepalives_count": 3,
    }
