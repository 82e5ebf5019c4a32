"""Time and memory of reading a large data set and of the first batches of an epoch.

Run: make benchmark-scale      (about 10 minutes on one core)
     python -m benchmarks.scale --queries 2200000 --labels 1300000 --batches 0

The texts are made of words drawn by Zipf's law, each query of half of its product's title.
Rates are per second of processor time, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from models.catalogue import Product
from training.data.dataset import Dataset, relevance_from_columns
from training.examples import build_examples
from training.loop.fit import fit
from training.loop.step import Step
from training.settings import TrainingSettings

WORDS = 200_000
EXPONENT = 1.05
TITLE_WORDS = (4, 16)
AT_ONCE = 100_000
LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz0123456789"))
GIB = 2**30


class EnoughBatches(Exception):
    """So many batches as were asked for are done."""


@dataclass
class Stages:
    """Prints how long each stage took, and the memory after it."""

    started: float = field(default_factory=time.perf_counter)
    worked: float = field(default_factory=time.process_time)

    def done(self, name: str, count: int, unit: str) -> None:
        """Print a line, and start the next stage."""
        passed, worked = time.perf_counter() - self.started, time.process_time() - self.worked
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GIB
        print(
            f"{name:<29} {passed:7.1f} s, {worked:7.1f} s of work, {count / worked:8,.0f} {unit}/s;"
            f" peak {peak:5.2f} GiB, now {_anonymous():5.2f} GiB beside mapped files",
            flush=True,
        )
        self.started, self.worked = time.perf_counter(), time.process_time()


def main() -> None:
    """Make the data, read it, and train on some batches."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--queries", type=int, default=300_000)
    parser.add_argument("--labels", type=int, default=200_000)
    parser.add_argument("--batches", type=int, default=200)
    chosen = parser.parse_args()
    stages = Stages()
    dataset = synthetic(chosen.queries, chosen.labels)
    stages.done("making the data", chosen.queries + chosen.labels, "texts")
    if chosen.batches:
        _train(dataset, chosen.batches, stages)
        return
    settings = TrainingSettings()
    _, examples = build_examples(dataset, settings.encoder, settings.seed)
    stages.done("reading the texts", len(examples.texts), "texts")


def _train(dataset: Dataset, batches: int, stages: Stages) -> None:
    def on_texts(done: int, total: int) -> None:
        if done == total:
            stages.done("hashing the texts", total, "texts")

    def on_step(step: Step) -> None:
        if step.step == 1:
            stages.done("until the first batch is done", len(dataset), "queries")
        if step.step == batches:
            stages.done(f"{batches} batches", (batches - 1) * step.queries, "queries")
            raise EnoughBatches

    try:
        fit(dataset, TrainingSettings(), on_step, on_texts)
    except EnoughBatches:
        return


def synthetic(queries: int, labels: int, seed: int = 0) -> Dataset:
    """Return queries of which each has one right product, the products being equally frequent."""
    generator = np.random.default_rng(seed)
    titles = _titles(labels, generator)
    answers = generator.integers(0, labels, queries)
    relevance = relevance_from_columns(answers.astype(np.int32), np.ones(queries, int), labels)
    texts = tuple(_query(titles[answer], generator) for answer in answers.tolist())
    products = tuple(Product(str(row), title) for row, title in enumerate(titles))
    return Dataset(texts, ("",) * queries, ("",) * queries, products, relevance)


def _titles(count: int, generator: np.random.Generator) -> list[str]:
    words = _words(generator)
    chances = np.arange(1, WORDS + 1, dtype=np.float64) ** -EXPONENT
    cumulative = np.cumsum(chances / chances.sum())[:-1]
    titles: list[str] = []
    while len(titles) < count:
        lengths = generator.integers(*TITLE_WORDS, min(AT_ONCE, count - len(titles)))
        drawn = np.searchsorted(cumulative, generator.random(lengths.sum())).tolist()
        ends = np.cumsum(lengths).tolist()
        for start, stop in pairwise([0, *ends]):
            titles.append(" ".join([words[place] for place in drawn[start:stop]]))
    return titles


def _words(generator: np.random.Generator) -> list[str]:
    lengths = generator.integers(2, 10, WORDS)
    letters = "".join(generator.choice(LETTERS, size=lengths.sum()).tolist())
    return [letters[start:stop] for start, stop in pairwise([0, *np.cumsum(lengths).tolist()])]


def _query(title: str, generator: np.random.Generator) -> str:
    """Return a run of half of the title's words, as a shop may shorten it."""
    words = title.split()
    length = (len(words) + 1) // 2
    start = int(generator.integers(len(words) - length + 1))
    return " ".join(words[start : start + length])


def _anonymous() -> float:
    status = Path("/proc/self/status").read_text().splitlines()
    line = next(line for line in status if line.startswith("RssAnon"))
    return int(line.split()[1]) * 1024 / GIB


if __name__ == "__main__":
    main()
