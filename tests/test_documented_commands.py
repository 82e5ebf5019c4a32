"""The commands in the documents run as they are pasted, while a service runs as in `make demo`."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from models.bundle.publish import publish
from tests.documents import OPERATIONS, USER_GUIDE, Document, documents, quoted
from tests.models.drift.references import small_reference
from tests.small_bundle import CREATED_AT, TITLES, small_contents, small_record

DOCUMENTED_ADDRESS = "127.0.0.1:8000"
START_SECONDS = 60
COMMAND_SECONDS = 240
# Blocks that train for a minute, take the terminal, need more than this package, or start several
# processes (tests/training/loop/test_torchrun.py runs that command).
NOT_HERE = re.compile(
    r"^(?:\w+=\S+ )*"
    r"(?:make|docker|\.venv/bin/(?:alc-serve run|torchrun|python -m (?:pytest|pip)))\b",
    re.MULTILINE,
)

pytestmark = pytest.mark.skipif(
    shutil.which("bash") is None or shutil.which("curl") is None, reason="needs bash and curl"
)


@dataclass(frozen=True, slots=True)
class Workplace:
    """A directory like the repository's root while the demo runs, and where that listens."""

    directory: Path
    address: str

    def run(self, script: str) -> str:
        """Run what was pasted into one shell; return what it printed."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script.replace(DOCUMENTED_ADDRESS, self.address)],
            cwd=self.directory,
            env=_environment(self.directory),
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://{self.address}{path}", timeout=10) as response:
            content: bytes = response.read()
        return content.decode()


def runnable(document: Document) -> str:
    return "\n".join(block for block in document.blocks() if not NOT_HERE.search(block))


@pytest.fixture(scope="module")
def workplace() -> Iterator[Workplace]:
    # Not under pytest's own directory, to which the user of PostgreSQL has no access.
    with tempfile.TemporaryDirectory(prefix="alc-docs-") as name:
        directory = Path(name)
        (directory / ".venv").symlink_to(sys.prefix)
        (directory / ".curlrc").write_text("fail-with-body\n")  # an error status ends the script
        _publish_two_bundles(directory / ".state" / "bundles")
        with _demo(directory) as address:
            yield Workplace(directory, address)


def _publish_two_bundles(bundles_dir: Path) -> None:
    reference = small_reference(*TITLES)
    contents = replace(
        small_contents(calibration=small_record()),
        report={"table.txt": b"results\n"},
        reference=reference,
    )
    for day in range(2):
        publish(bundles_dir, contents, created_at=CREATED_AT + timedelta(days=day))


@contextmanager
def _demo(directory: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    environment = _environment(directory) | {"PORT": str(port)}
    command = [".venv/bin/alc-serve", "demo"]
    with (directory / "demo.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=directory, env=environment, stdout=log, stderr=log)
        try:
            _wait_until_ready(process, f"http://127.0.0.1:{port}/readyz", directory / "demo.log")
            yield f"127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the demo did not start:\n{log.read_text()}")


def _environment(directory: Path) -> dict[str, str]:
    """Return the environment of a new terminal: without the settings of this one."""
    ours = ("DATABASE_URL", "HOST", "PORT", "STATE_DIR")
    plain = {k: v for k, v in os.environ.items() if not k.startswith("ALC_") and k not in ours}
    return plain | {"CURL_HOME": str(directory)}


@pytest.mark.parametrize("document", [one for one in documents() if runnable(one)], ids=str)
def test_commands_run_as_pasted(document: Document, workplace: Workplace) -> None:
    printed = workplace.run(runnable(document))
    if document == USER_GUIDE:
        assert '"decision": "verified"' in printed


def test_every_metric_is_explained_with_its_labels(workplace: Workplace) -> None:
    documented = {name for row in OPERATIONS.table("metric") for name in quoted(row[0])}
    assert documented == set(_exported(workplace.get("/metrics")))


def _exported(page: str) -> Iterator[str]:
    """Yield each metric as the documents write it: its name, and its labels in braces."""
    for family in text_string_to_metric_families(page):
        labels = {name for sample in family.samples for name in sample.labels} - {"le"}
        total = "_total" if family.type == "counter" else ""
        shown = f"{{{','.join(sorted(labels))}}}" if labels else ""
        yield f"{family.name}{total}{shown}"
