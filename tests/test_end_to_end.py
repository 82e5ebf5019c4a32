"""The path of a newcomer: train, serve, ask, review, ask again, stop, start again."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import signal
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from service.access.dependencies import CSRF_HEADER
from tests.training.products import small_shop

SCRIPTS = Path(sysconfig.get_path("scripts"))
LAST_LINE = "Stop: Ctrl-C"
KNOWN = "neff oven 45l free delivery black"
UNKNOWN = "hand made garden gnome with a red hat"
READY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Demo:
    """A running `alc-serve demo`: its process, and what it printed."""

    process: subprocess.Popen[str]
    printed: str

    @property
    def curl_line(self) -> str:
        return self._line_with("  curl ").strip()

    @property
    def sign_in_link(self) -> str:
        return self._line_with("/sign-in/").rpartition(" ")[2]

    @property
    def url(self) -> str:
        return self.sign_in_link.partition("/sign-in/")[0]

    def _line_with(self, part: str) -> str:
        (line,) = [line for line in self.printed.splitlines() if part in line]
        return line

    def ask(self, text: str) -> dict[str, Any]:
        """Paste the printed curl line into a shell, with another text."""
        words = shlex.split(self.curl_line)
        words[-1] = json.dumps({"queries": [{"text": text}], "k": 3})
        (result,) = paste(shlex.join(words))
        return result

    def metrics(self) -> dict[tuple[str, str], float]:
        """Return (name, value of its only label) -> value of each sample."""
        families = text_string_to_metric_families(httpx2.get(f"{self.url}/metrics").text)
        samples = [sample for family in families for sample in family.samples]
        return {(one.name, next(iter(one.labels.values()), "")): one.value for one in samples}

    def interrupt(self) -> int:
        """Press Ctrl-C and return the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


def paste(line: str) -> list[dict[str, Any]]:
    """Run a line in a shell; return the results of the answer that it prints."""
    ended = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    results = json.loads(ended.stdout)["results"]
    assert isinstance(results, list)
    return results


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """A new state directory, any free port, and no other setting.

    The directory does not lie under pytest's: see `temporary_postgres`.
    """
    ours = re.compile("ALC_|HOST$|PORT$|STATE_DIR$|DATABASE_URL$")
    kept = {name: value for name, value in os.environ.items() if not ours.match(name)}
    with tempfile.TemporaryDirectory(prefix="alc-test-") as state_dir:
        # One thread: the model is tiny.
        yield {**kept, "STATE_DIR": state_dir, "PORT": "0", "OMP_NUM_THREADS": "1"}


def train(environment: Mapping[str, str]) -> None:
    """Train on a small shop with the real command."""
    state_dir = Path(environment["STATE_DIR"])
    shop = small_shop(offers_per_product=20)
    ids = [shop.products[row].product_id for row in shop.relevance.indices]
    tables = {
        "products": [("id", "title"), *((one.product_id, one.title) for one in shop.products)],
        "pairs": [("query", "product_id"), *zip(shop.texts, ids, strict=True)],
    }
    options = ["--bundles", str(state_dir / "bundles")]
    for name, rows in tables.items():
        file = state_dir / f"{name}.csv"
        with file.open("w", newline="") as stream:
            csv.writer(stream).writerows(rows)
        options += [f"--{name}", str(file)]
    subprocess.run([SCRIPTS / "alc-train", "fit", *options], env=dict(environment), check=True)


@contextmanager
def demo(environment: Mapping[str, str]) -> Iterator[Demo]:
    """Start the real command and wait until it has said everything."""
    log = Path(environment["STATE_DIR"]) / "demo.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [SCRIPTS / "alc-serve", "demo"],
            env=dict(environment),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            yield Demo(process, _announcement(process, log))
        finally:
            process.kill()
    assert "Traceback" not in log.read_text()


def _announcement(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if LAST_LINE in line:
            return "".join(lines)
    raise AssertionError(f"the demo ended before it was ready:\n{log.read_text()}")


def postgres_pid(environment: Mapping[str, str]) -> int:
    pid_file = Path(environment["STATE_DIR"]) / "postgres" / "postmaster.pid"
    return int(pid_file.read_text().split()[0])


def runs(pid: int) -> bool:
    """Return whether a process runs; one that has ended may still wait for its parent."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@contextmanager
def signed_in(link: str) -> Iterator[httpx2.Client]:
    """Press the button of a sign-in link, like a person; requests carry the page's CSRF token."""
    base_url = link.partition("/sign-in/")[0]
    with httpx2.Client(base_url=base_url, timeout=20) as client:
        assert client.post(link).headers["location"] == "/review"
        page = client.get("/review").text
        found = re.search(r'name="csrf-token" content="(\w+)"', page)
        assert found is not None
        client.headers[CSRF_HEADER] = found[1]
        yield client


def review(link: str, wanted: str, product_id: str) -> str:
    """Claim tasks, accept this product for the wanted text, and return the task's id."""
    with signed_in(link) as client:
        claimed = client.post("/v1/reviews/claim", json={"count": 10}).json()["tasks"]
        (task,) = [task for task in claimed if task["text"] == wanted]
        verdict = client.post(
            f"/v1/reviews/{task['id']}/submit",
            json={
                "lease_token": task["lease_token"],
                "answer": "accepted",
                "product_ids": [product_id],
            },
        )
        assert verdict.status_code == 200, verdict.text
        return str(task["id"])


@pytest.mark.slow
def test_from_training_to_a_verdict_that_outlives_the_service(
    environment: dict[str, str],
) -> None:
    train(environment)

    with demo(environment) as first:
        postgres = postgres_pid(environment)
        assert "softmax + TCM + ALC" in first.printed
        assert "precision >= 95%, confidence 90%, for probabilities from 0." in first.printed
        for example in paste(first.curl_line):
            assert len(example["auto_accepted"] + example["manual_review"]) == 3

        known = first.ask(KNOWN)
        assert known["decision"] == "auto_accept"
        assert [product["title"] for product in known["auto_accepted"]] == ["Neff oven 45l"]
        assert known["review_task_id"] is None

        unknown = first.ask(UNKNOWN)
        assert (unknown["decision"], unknown["auto_accepted"]) == ("manual_review", [])
        best = unknown["manual_review"][0]["product_id"]
        task_id = review(first.sign_in_link, UNKNOWN, best)
        assert task_id == unknown["review_task_id"]

        verified = first.ask(UNKNOWN)
        assert verified["decision"] == "verified"
        assert [product["product_id"] for product in verified["auto_accepted"]] == [best]
        assert verified["verdict"]["review_task_id"] == task_id

        metrics = first.metrics()
        assert metrics["alc_decisions_total", "verified"] == 1
        assert metrics["alc_decisions_total", "auto_accept"] >= 1
        assert metrics["alc_decisions_total", "manual_review"] >= 1
        assert metrics["alc_review_tasks", "answered"] == 1
        assert first.interrupt() == 0
    assert not runs(postgres)

    started = time.monotonic()
    with demo(environment) as second:
        assert httpx2.get(f"{second.url}/readyz").status_code == 200
        assert time.monotonic() - started < READY_SECONDS
        assert second.ask(UNKNOWN)["verdict"]["review_task_id"] == task_id
        with signed_in(second.sign_in_link) as client:
            task = client.get(f"/v1/reviews/{task_id}").json()
        assert (task["state"], task["verdict"]["answer"]) == ("answered", "accepted")
        postgres = postgres_pid(environment)
        assert second.interrupt() == 0
    assert not runs(postgres)
