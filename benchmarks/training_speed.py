"""Training queries per second on one core: ours beside torch's own parts, and where time goes.

Run: make benchmark-training-speed      (about five minutes on a busy machine)
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from unittest import mock

import numpy as np
import torch
from torch import Tensor, nn, optim
from torch.nn import functional

import training.loop.fit
import training.loop.run
from benchmarks.bare_step import BareStep, bare_step
from benchmarks.stopwatch import Stopwatch
from training.data.dataset import Dataset, Rows
from training.data.pricerunner import load_pricerunner
from training.data.splits import SplitKind, split_dataset
from training.evaluation.table import as_text
from training.loop.embedder import Embedder, Pass
from training.loop.engine import Engine
from training.loop.optimisers import Optimisers
from training.loop.run import Run
from training.objective import Objective
from training.optimiser.sparse_adam import SparseAdam
from training.sampling.balanced import balanced_clusters
from training.settings import TrainingSettings

USUAL = TrainingSettings(device="cpu", epochs=1)
WATCHED = {
    "reading the texts": (training.loop.fit, "build_examples"),
    "epoch": (Run, "train_epoch"),
    "encoding all queries": (Engine, "query_embeddings"),
    "clustering": (training.loop.run, "cluster_queries"),
    "batching": (training.loop.run, "sample_batch"),
    "backward": (Engine, "backward"),
    "embedding, forward": (Embedder, "start"),
    "embedding, backward": (Pass, "backward"),
    "losses and heads, forward": (Objective, "forward"),
    "updates": (Optimisers, "step"),
}
UPDATES_OF_THE_TABLE = {"own": SparseAdam, "torch": optim.SparseAdam}
SHOWN = (
    "encoding all queries",
    "clustering",
    "batching",
    "embedding, forward",
    "embedding, backward",
    "losses and heads, forward",
    "losses and heads, backward",
    "update of the table",
    "update of the layers",
)


def main() -> None:
    """Print queries per second, the profile, the work that nothing avoids, and the clustering."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=2, help="of one epoch each")
    parser.add_argument("--clustered", type=int, default=300_000, help="rows to be clustered")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    train = split_dataset(load_pricerunner(), SplitKind.OFFERS, USUAL.seed).train
    times = {"own": Stopwatch(), "torch": Stopwatch()}
    bare: list[BareStep] = []
    for _ in range(chosen.runs):  # in turns, so that whatever else the machine does slows both
        bare = _fit(train, times["own"], "own")
        with torch_parts():
            _fit(train, times["torch"], "torch")
        for step in bare:
            _watch_bare(step, times["own"])
    print(_speeds(times, chosen.runs * len(train)), end="\n\n")
    print(_profile(times), end="\n\n")
    print(_ratios(times["own"]), end="\n\n")
    print(_clustering(chosen.clustered))


@contextmanager
def torch_parts() -> Iterator[None]:
    """Replace what is our own by what torch has for it."""
    with ExitStack() as stack:
        for place, theirs in {
            "training.encoders.ngram.bag_sum": _embedding_bag,
            "training.loop.optimisers.SparseAdam": optim.SparseAdam,
            "training.losses.alc.pair_classifier.pair_linear": _whole_features,
        }.items():
            stack.enter_context(mock.patch(place, theirs))
        yield


def _embedding_bag(table: Tensor, rows: Tensor, offsets: Tensor, weights: Tensor) -> Tensor:
    return functional.embedding_bag(
        rows, table, offsets, mode="sum", per_sample_weights=weights[rows], sparse=True
    )


def _whole_features(layer: nn.Linear, queries: Tensor, labels: Tensor, columns: Tensor) -> Tensor:
    label = labels[columns]
    query = queries[:, None].expand_as(label)
    found: Tensor = layer(torch.cat([query, label, (query - label).abs(), query * label], dim=-1))
    return found


def _fit(train: Dataset, times: Stopwatch, parts: str) -> list[BareStep]:
    """Train for an epoch; return the bare work of some of its steps."""
    started: list[tuple[Embedder, Rows]] = []
    start = Embedder.start

    def noted(embedder: Embedder, rows: Rows, seed: int) -> Pass:
        started.append((embedder, rows))
        return start(embedder, rows, seed)

    table = {"update of the table": (UPDATES_OF_THE_TABLE[parts], "step")}
    noting = mock.patch.object(Embedder, "start", noted)
    with noting, times.watching(WATCHED | table), times.of("run"):
        training.loop.fit.fit(train, USUAL, lambda _: None)
    assert USUAL.alc
    some = started[1 : -1 : max(len(started) // 10, 1)]
    return [bare_step(embedder, rows, USUAL.batch_size, USUAL.alc) for embedder, rows in some]


def _watch_bare(step: BareStep, times: Stopwatch) -> None:
    with times.of("sums alone"):
        step.sums()
    with times.of("products alone"):
        step.multiply()


def _speeds(times: dict[str, Stopwatch], queries: int) -> str:
    shown = {
        "run": "a run: read and hash the texts, an epoch, encode the products",
        "epoch": "the epoch: clustering, batches, steps",
        "step": "its steps alone",
    }
    rows = [["queries per second", "own", "torch's", "ratio", "own, by the clock"]]
    for name, meaning in shown.items():
        own, theirs = (queries / sum(_parts(one.processor)[name]) for one in times.values())
        clock = queries / sum(_parts(times["own"].clock)[name])
        cells = [f"{own:,.0f}", f"{theirs:,.0f}", f"{own / theirs:.2f}", f"{clock:,.0f}"]
        rows.append([meaning, *cells])
    return as_text(rows)


def _profile(times: dict[str, Stopwatch]) -> str:
    rows = [["of an epoch", "own", "ms a step", "torch's", "ms a step"]]
    both = [_parts(one.processor) for one in times.values()]
    for name in SHOWN:
        cells = []
        for parts in both:
            total = sum(parts[name])
            share, each = total / sum(parts["epoch"]), total / len(parts["step"])
            cells += [f"{share:.1%}", f"{1000 * each:.1f}"]
        rows.append([name, *cells])
    return as_text(rows)


def _ratios(own: Stopwatch) -> str:
    """Return how much longer a step takes than its sums and products alone."""
    parts = _parts(own.processor)
    bare = median(parts["sums alone"]) + median(parts["products alone"])
    table = median(parts["update of the table"])
    step, slowest = median(parts["step"]), float(np.quantile(parts["step"], 0.95))
    alone = ("step", "sums alone", "products alone", "update of the table")
    rows = [["ms a step", "median"]]
    rows += [[name, f"{1000 * median(parts[name]):.1f}"] for name in alone]
    rows.append(["step / (sums + products)", f"{step / bare:.2f}"])
    rows.append(["the same of the slowest in 20 steps", f"{slowest / bare:.2f}"])
    rows.append(["step / (sums + products + update of the table)", f"{step / (bare + table):.2f}"])
    return as_text(rows)


def _parts(series: dict[str, list[float]]) -> dict[str, list[float]]:
    """Return the series, and those that are what others leave of a whole."""
    found = {name: np.array(seconds) for name, seconds in series.items()}
    forward = found["embedding, forward"] + found["losses and heads, forward"]
    backward = found["backward"] - forward - found["embedding, backward"]
    found["losses and heads, backward"] = backward
    found["update of the layers"] = found["updates"] - found["update of the table"]
    found["step"] = found["backward"] + found["updates"]
    return {name: seconds.tolist() for name, seconds in found.items()}


def _clustering(rows: int) -> str:
    generator = np.random.default_rng(USUAL.seed)
    centres = generator.normal(size=(max(rows // 20, 1), 256)).astype(np.float32)
    vectors = centres[generator.integers(0, len(centres), rows)]
    vectors += generator.normal(scale=0.5, size=vectors.shape).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    watch = Stopwatch()
    with watch.of("clustering"):
        balanced_clusters(vectors, USUAL.sampler.cluster_size, generator)
    processor, clock = watch.processor["clustering"][0], watch.clock["clustering"][0]
    return f"clustering {rows:,} x 256: {processor:.1f} s of the processor, {clock:.1f} s in all"


if __name__ == "__main__":
    main()
