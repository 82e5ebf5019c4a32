"""Queries per second and latency of the running service, beside a route that does nothing.

    python -m benchmarks.serving --bundles-dir .state/bundles
    python -m benchmarks.serving --url http://127.0.0.1:8000 --key alc_...

Every request has one query, a shop offer of the sample that was not asked before. The client is a
process of its own on the same machine, so the two share its cores.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import numpy as np
import typer

from benchmarks.http_load import Load, Result
from benchmarks.processes import Target, running_nothing, running_service
from training.data.pricerunner import load_pricerunner

LEVELS = (1, 8, 32)
WARM_UP = 300


@dataclass(frozen=True)
class Figures:
    """Requests per second, and milliseconds."""

    rate: float
    p50: float
    p99: float


def main(
    bundles_dir: Annotated[Path, typer.Option(help="Where bundles were published.")] = Path(
        ".state/bundles"
    ),
    url: Annotated[str | None, typer.Option(help="A service that runs already.")] = None,
    key: Annotated[str, typer.Option(help="A key of that service.")] = "",
    seconds: Annotated[float, typer.Option(help="How long each cell takes.")] = 5.0,
    seed: int = 0,
) -> None:
    """Measure and print."""
    texts = _texts(seed)
    with ExitStack() as stack:
        nothing = stack.enter_context(running_nothing())
        if url is None:
            service = stack.enter_context(running_service(bundles_dir))
        else:
            service = _target(url, key)
        _measure(service, texts, 8, seconds=60, requests=WARM_UP)
        _measure(nothing, texts, 8, seconds=60, requests=WARM_UP)
        print(f"{'clients':>7}  {'route':<15} {'req/s':>8} {'p50 ms':>8} {'p99 ms':>8}")
        for clients in LEVELS:
            floor = _measure(nothing, texts, clients, seconds)
            ours = _measure(service, texts, clients, seconds)
            _print_row(clients, "nothing", floor)
            _print_row(clients, "recommendations", ours)
            print(
                f"{'':>7}  {'ratio':<15} {ours.rate / floor.rate:8.2f}"
                f" {ours.p50 / floor.p50:8.1f} {ours.p99 / floor.p99:8.1f}"
            )


def _texts(seed: int) -> Iterator[str]:
    """Return the sample's offers in a random order, each once, then again with a number."""
    texts = load_pricerunner().texts
    order = np.random.default_rng(seed).permutation(len(texts))
    round_ = 0
    while True:
        for row in order.tolist():
            yield texts[row] if round_ == 0 else f"{texts[row]} {round_}"
        round_ += 1


def _measure(
    target: Target, texts: Iterator[str], clients: int, seconds: float, requests: int = 0
) -> Figures:
    count = requests or int(10_000 * seconds)
    bodies = [json.dumps({"queries": [{"text": next(texts)}]}) for _ in range(count)]
    load = Load(**asdict(target), bodies=bodies, clients=clients, seconds=seconds)
    command = [sys.executable, "-m", "benchmarks.http_load"]
    done = subprocess.run(
        command, input=json.dumps(asdict(load)), capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = done.stderr.strip().rpartition("\n")[2]
        raise SystemExit(f"{target.host}:{target.port} cannot be measured: {reason}")
    result = Result(**json.loads(done.stdout))
    if result.failures:
        raise SystemExit(f"{target.path}: answers other than 200: {result.failures}")
    p50, p99 = np.percentile(result.milliseconds, [50, 99])
    return Figures(len(result.milliseconds) / result.seconds, float(p50), float(p99))


def _print_row(clients: int, route: str, figures: Figures) -> None:
    print(
        f"{clients:>7}  {route:<15} {figures.rate:8.0f} {figures.p50:8.2f} {figures.p99:8.2f}",
        flush=True,
    )


def _target(url: str, key: str) -> Target:
    parts = urlsplit(url)
    if parts.hostname is None:
        raise SystemExit(f"{url} is not the URL of a service")
    headers = {"authorization": f"Bearer {key}"}
    return Target(parts.hostname, parts.port or 80, "/v1/recommendations", headers)


if __name__ == "__main__":
    typer.run(main)
