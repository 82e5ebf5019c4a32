from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import URL, create_engine, text

from models.errors import ConfigurationError
from service.database.embedded import embedded_database

OTHER_PROCESS = """
import sys
from pathlib import Path
from sqlalchemy import create_engine, text
from service.database.embedded import embedded_database
with embedded_database(Path(sys.argv[1])) as url, create_engine(url).connect() as connection:
    print(connection.execute(text("select word from words")).scalar_one())
"""


@pytest.fixture
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="alc-test-") as name:
        yield Path(name) / "postgres"


def _execute(url: URL, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _word(url: URL) -> str:
    engine = create_engine(url)
    with engine.connect() as connection:
        word: str = connection.execute(text("select word from words")).scalar_one()
    engine.dispose()
    return word


def _server_pid(directory: Path) -> int:
    return int((directory / "postmaster.pid").read_text().splitlines()[0])


def _runs(pid: int) -> bool:
    """A process whose parent does not ask for its exit status stays listed."""
    if not psutil.pid_exists(pid):
        return False
    return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_data_outlive_the_server(directory: Path) -> None:
    with embedded_database(directory) as url:
        _execute(url, "create table words as select 'kept' as word")
        pid = _server_pid(directory)
    assert not _runs(pid)
    with embedded_database(directory) as url:
        assert _word(url) == "kept"


def test_another_process_shares_the_server_and_leaves_it_running(directory: Path) -> None:
    with embedded_database(directory) as url:
        _execute(url, "create table words as select 'shared' as word")
        command = [sys.executable, "-c", OTHER_PROCESS, str(directory)]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
        assert answer.stdout.strip() == "shared"
        assert _word(url) == "shared"


def test_leftovers_of_killed_processes_are_not_believed(directory: Path) -> None:
    with embedded_database(directory) as url:
        _execute(url, "create table words as select 'survived' as word")
    # A killed service stays in the list of users; after a power cut the number in the server's
    # pid file may belong to any other process, here to this one.
    (directory / ".handle_pids.json").write_text("[999999999]")
    pid_file = "\n".join(
        [str(psutil.Process().pid), str(directory), "0", "5432", "", "", "", "ready"]
    )
    (directory / "postmaster.pid").write_text(pid_file)
    with embedded_database(directory) as url:
        assert _word(url) == "survived"
        pid = _server_pid(directory)
    assert not _runs(pid)


def test_a_server_that_cannot_start_says_where_to_look(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("")
    with (
        pytest.raises(ConfigurationError, match="DATABASE_URL"),
        embedded_database(occupied / "postgres"),
    ):
        pass
