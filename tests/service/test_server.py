"""The whole command, as an operator sees it: started, used, stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import psutil
import pytest

from models.bundle.publish import publish
from tests.small_bundle import CREATED_AT, small_contents

ALC_SERVE = [sys.executable, "-c", "from service.cli import main; main()"]


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """A state directory with a bundle, and no other setting."""
    with tempfile.TemporaryDirectory(prefix="alc-test-") as state_dir:
        publish(Path(state_dir) / "bundles", small_contents(), created_at=CREATED_AT)
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        yield {**kept, "STATE_DIR": state_dir, "PORT": "0", "HOST": "127.0.0.1"}


@contextmanager
def _service(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [*ALC_SERVE, "run"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            lines = (json.loads(line) for line in process.stderr)
            port = next(line["port"] for line in lines if line["event"] == "serving")
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*ALC_SERVE, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def _postgres_runs(environment: dict[str, str]) -> bool:
    pid_file = Path(environment["STATE_DIR"]) / "postgres" / "postmaster.pid"
    return pid_file.exists() and psutil.pid_exists(int(pid_file.read_text().split()[0]))


def test_it_serves_until_ctrl_c_and_loses_nothing(
    environment: dict[str, str], client: httpx2.Client
) -> None:
    with _service(environment) as (process, url):
        created = _run(environment, "keys", "create", "--name", "shop", "--scope", "admin")
        key = {"Authorization": f"Bearer {created.stdout.strip()}"}
        assert client.get(f"{url}/readyz").status_code == 200
        assert client.get(f"{url}/v1/reviews", headers=key).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    assert not _postgres_runs(environment)
    assert "shop" in _run(environment, "keys", "list").stdout
    assert not _postgres_runs(environment)


def test_a_supervisor_stops_it_as_cleanly(environment: dict[str, str]) -> None:
    with _service(environment) as (process, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    assert not _postgres_runs(environment)


def test_a_taken_address_is_one_line_and_status_2(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment["PORT"] = str(taken.getsockname()[1])
        ended = _run(environment, "run")
    assert ended.returncode == 2
    assert "set HOST or PORT" in ended.stderr.splitlines()[-1]


def test_without_a_bundle_it_does_not_start(environment: dict[str, str]) -> None:
    environment["ALC_BUNDLES_DIR"] = f"{environment['STATE_DIR']}/elsewhere"
    ended = _run(environment, "run")
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].startswith("error: ")
    assert not _postgres_runs(environment)
