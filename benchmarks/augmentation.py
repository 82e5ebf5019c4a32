"""What training queries in the score buy on the sample, and what they cost when serving.

Run: make benchmark-augmentation      (about 10 minutes on one core)

One model is trained, then searched with and without its training queries. Choose by the calibration
part; the test part then says what the choice is worth.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console

from models.encoder import FloatMatrix
from models.memory.files import save_memory
from models.memory.settings import Formula, MemorySettings
from models.runtime import Runtime
from training.augmentation.settings import AugmentationSettings
from training.data.dataset import Dataset
from training.data.pricerunner import load_pricerunner
from training.data.splits import SplitKind, split_dataset
from training.evaluation.report import evaluate
from training.evaluation.search import answers
from training.evaluation.table import COLUMNS, as_text, shown_oracle
from training.loop.fit import fit
from training.progress import progress, training_bar
from training.runtime import build_runtime
from training.settings import TrainingSettings

CANDIDATES = 10
TIMED = 500
BATCH = 64
CENTROID_WEIGHTS = (0.1, 0.3, 0.5)
MEMORY_WEIGHTS = (0.03, 0.1, 0.3)
TEMPERATURES: dict[Formula, tuple[float, ...]] = {"vote": (0.05, 0.1), "joint": (0.05, 0.1, 0.15)}


def main() -> None:
    """Print a row per variant."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--split", type=SplitKind, default=SplitKind.OFFERS)
    chosen = parser.parse_args()
    parts = split_dataset(load_pricerunner(), chosen.split, chosen.seed)
    console = Console(stderr=True)
    with progress(console) as bars:
        fitted = fit(parts.train, TrainingSettings(seed=chosen.seed), training_bar(bars))
    rows = []
    for name, augmentation in _variants():
        runtime = build_runtime(fitted, parts.train, augmentation, chosen.seed).runtime
        row = [name, *_quality(runtime, parts.calibration), *_quality(runtime, parts.test)]
        rows.append([*row, *_milliseconds(runtime, parts.test.texts), _megabytes(runtime)])
        console.print(as_text([rows[-1]]), soft_wrap=True)
    measures = ["P@1", *(f"C@1({target:g})" for target in COLUMNS)]
    header = ["", *(f"{part} {name}" for part in ("cal", "test") for name in measures)]
    print(f"split {chosen.split}, seed {chosen.seed}\n")
    print(as_text([[*header, "ms single", f"ms in {BATCH}", "memory MB"], *rows]))


def _variants() -> Iterator[tuple[str, AugmentationSettings | None]]:
    yield "off", None
    for weight in CENTROID_WEIGHTS:
        yield f"centroids {weight}", AugmentationSettings(weight, memory=None)
    for formula, temperatures in TEMPERATURES.items():
        for temperature in temperatures:
            for weight in MEMORY_WEIGHTS:
                memory = MemorySettings(formula, weight, temperature=temperature)
                name = f"{formula} {weight} at {temperature}"
                yield name, AugmentationSettings(memory=memory)


def _quality(runtime: Runtime, queries: Dataset) -> list[str]:
    found = answers(runtime, queries, CANDIDATES)
    result = evaluate("", found, queries.relevance, ())
    measures = [result.precision_at_1, *(one.coverage for one in shown_oracle(result))]
    return [f"{value:.3f}" for value in measures]


def _milliseconds(runtime: Runtime, texts: Sequence[str]) -> list[str]:
    """Return the median work of a search, alone and per query of a batch, without the encoder.

    In processor time, so that other work on the machine does not count.
    """
    embeddings = runtime.encoder.encode(texts[:TIMED])
    alone = [_timed(runtime, one[np.newaxis]) for one in embeddings]
    batches = [
        _timed(runtime, embeddings[start : start + BATCH]) / BATCH
        for start in range(0, TIMED - BATCH, BATCH)
    ]
    return [f"{np.median(times) * 1_000:.2f}" for times in (alone, batches)]


def _timed(runtime: Runtime, embeddings: FloatMatrix) -> float:
    start = time.process_time()
    runtime.nearest(embeddings, CANDIDATES)
    return time.process_time() - start


def _megabytes(runtime: Runtime) -> str:
    if runtime.memory is None:
        return "0"
    with TemporaryDirectory() as directory:
        save_memory(runtime.memory, Path(directory))
        files = (path for path in Path(directory).rglob("*") if path.is_file())
        return f"{sum(path.stat().st_size for path in files) / 1e6:.0f}"


if __name__ == "__main__":
    main()
