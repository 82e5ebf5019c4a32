"""Start what is measured as processes of their own, and stop them again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

START_SECONDS = 60


@dataclass(frozen=True)
class Target:
    """Where requests go."""

    host: str
    port: int
    path: str
    headers: dict[str, str]


@contextmanager
def running_service(bundles_dir: Path, scopes: Sequence[str] = ("recommend",)) -> Iterator[Target]:
    """Run `alc-serve` with an empty embedded database and a key for it, of these scopes."""
    with tempfile.TemporaryDirectory(prefix="alc-benchmark-") as state_dir:
        port = free_port()
        settings = {
            "ALC_STATE_DIR": state_dir,
            "ALC_BUNDLES_DIR": str(bundles_dir.resolve()),
            "ALC_PORT": str(port),
            "ALC_LOG_LEVEL": "error",
        }
        environment = {**os.environ, **settings}
        key_file = Path(state_dir) / "key"
        create = ["keys", "create", "--name", "benchmark"]
        create += [word for scope in scopes for word in ("--scope", scope)]
        subprocess.run(
            [*_module("service.cli"), *create, "--key-file", str(key_file)],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        headers = {"authorization": f"Bearer {key_file.read_text().strip()}"}
        with _running([*_module("service.cli"), "run"], environment, port, "/readyz"):
            yield Target("127.0.0.1", port, "/v1/recommendations", headers)


@contextmanager
def running_nothing() -> Iterator[Target]:
    """Run the route that does nothing."""
    port = free_port()
    command = [*_module("benchmarks.nothing"), str(port)]
    with _running(command, dict(os.environ), port, "/openapi.json"):
        yield Target("127.0.0.1", port, "/nothing", {})


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _module(name: str) -> list[str]:
    if name == "service.cli":
        return [sys.executable, "-c", "from service.cli import main; main()"]
    return [sys.executable, "-m", name]


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], port: int, path: str
) -> Iterator[None]:
    with subprocess.Popen(command, env=environment) as process:
        try:
            _wait_until_ready(process, f"http://127.0.0.1:{port}{path}")
            yield
        finally:
            process.send_signal(signal.SIGINT)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} ended with {process.returncode}; see above")
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except (URLError, OSError):
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"{url} did not answer within {START_SECONDS} s")
