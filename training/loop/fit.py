"""Train an encoder and a label representation on a data set."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.encoder import Encoder, FloatMatrix
from models.errors import DataError
from training.data.dataset import Dataset, digest
from training.encoders.base import EncoderModule
from training.evaluation.separation import Separation
from training.examples import Examples, build_examples
from training.labels.base import LabelContext
from training.labels.build import build_labels
from training.loop.embedder import Embedder, device_of
from training.loop.engine import Engine
from training.loop.keeper import Keeper, keeping
from training.loop.ranks import Ranks, SingleRank
from training.loop.run import Run
from training.loop.run_directory import Configuration, read_state
from training.loop.step import Step
from training.loop.stopping import Stopping, stopping_of
from training.loop.untrained import untrained_separation
from training.objective import Objective
from training.settings import TrainingSettings


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A trained encoder, and the unit vectors (products, d) of the catalogue to be searched.

    `epoch` is the one whose weights these are, `untrained` the scores of the test queries before
    training, where there were any.
    """

    encoder: Encoder
    products: FloatMatrix
    epoch: int
    untrained: Separation | None = None


def fit(
    dataset: Dataset,
    settings: TrainingSettings,
    on_step: Callable[[Step], None],
    on_texts: Callable[[int, int], None] | None = None,
    *,
    choosing: Dataset | None = None,
    test: Dataset | None = None,
    ranks: Ranks | None = None,
    run_directory: Path | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Fitted:
    """Train on the answerable queries of the data set.

    `on_step` hears of each step; `on_texts`, before them, how many texts are read of how many.
    `choosing` are the queries of the early stop, where the settings have one; the scores of the
    `test` queries before training are measured, and change nothing. `ranks` is this process among
    several, each of which returns the result. With a run directory a run that was ended goes on
    from its last whole epoch, and a finished one returns what it came to; there, too, is what the
    texts are read as while it goes on (without one, where TMPDIR says). `clock` returns seconds.

    The same data set, settings, machine and thread count give the same result, with interruptions
    as well. Raises ConfigurationError when the directory holds another run, RunDirectoryError when
    it is damaged or cannot be written, and DataError when processes were given different data.
    """
    ranks = ranks or SingleRank()
    configuration: Configuration = {}
    if run_directory or ranks.count > 1:  # all texts are read for it
        configuration = _configuration(dataset, settings, choosing)
        _require_alike(ranks, configuration, run_directory)
    with (
        keeping(run_directory, configuration, ranks, clock) as keeper,
        _deterministic(device_of(settings.device)),
    ):
        torch.manual_seed(settings.seed)
        prepared, examples = build_examples(
            dataset, settings.encoder, settings.seed, on_texts, _writable(run_directory)
        )
        stopping = stopping_of(settings, choosing, prepared.read)

        def hear(step: Step) -> None:
            keeper.step(step, run.steps_per_epoch)
            on_step(step)

        engine = _engine(prepared.encoder, examples, settings, ranks)
        untrained = None
        if test is not None:
            untrained = untrained_separation(engine, test, prepared.read(test.texts))
        run = Run(engine, settings, hear, clock)
        epoch = _train(run, stopping, keeper)
        return Fitted(prepared.encoder.export(), run.product_vectors(), epoch, untrained)


def _writable(run_directory: Path | None) -> Path | None:
    """Return it where this process may write to it: of several, only the first one must."""
    return run_directory if run_directory and os.access(run_directory, os.W_OK) else None


def _train(run: Run, stopping: Stopping | None, keeper: Keeper) -> int:
    """Train the epochs that are left and return the one whose weights are kept."""
    done = keeper.resume(run, stopping)
    while done < run.settings.epochs and not (stopping and stopping.is_over):
        done += 1
        run.train_epoch(done)
        quality = stopping.look(run, done) if stopping else None
        keeper.epoch(run, done, stopping, quality)
    if stopping:
        stopping.restore_best(run)
        done = stopping.best_epoch
    keeper.end(done)
    return done


def _configuration(
    dataset: Dataset, settings: TrainingSettings, choosing: Dataset | None
) -> Configuration:
    """Return all that the numbers of a run depend on, beside machine and software."""
    chosen_by = None if choosing is None else digest(choosing)
    return {
        "training": json.loads(json.dumps(asdict(settings), default=str)),
        "data": {"train": digest(dataset), "choosing": chosen_by},
    }


def _require_alike(ranks: Ranks, configuration: Configuration, path: Path | None) -> None:
    """Refuse processes that would wait for each other for ever, or mix two runs."""
    state = read_state(path) if path else None
    text = json.dumps([configuration, state.epochs_done if state else 0])
    own = torch.tensor(list(hashlib.sha256(text.encode()).digest()))
    if not torch.equal(own, ranks.of_the_first(own)):
        raise DataError(
            f"process {ranks.rank} has other data, settings or run directory than process 0; give"
            " all machines the same files, and a run directory that they share"
        )


def _engine(
    encoder: EncoderModule, examples: Examples, settings: TrainingSettings, ranks: Ranks
) -> Engine:
    embedder = Embedder(encoder, examples.texts, settings, ranks)

    def titles() -> torch.Tensor:
        return embedder.embed(examples.titles(np.arange(examples.products)))

    context = LabelContext(examples.relevance, titles, encoder.dimension, settings.seed)
    labels = build_labels(settings.labels, context)
    return Engine(examples, embedder, labels, Objective(settings, encoder.dimension))


@contextmanager
def _deterministic(device: torch.device) -> Iterator[None]:
    """Sum gradients in one order: by default threads add those of a repeated row as they come.

    On a GPU that would forbid operations that have no such order; there, runs differ in the last
    digits.
    """
    if device.type != "cpu":
        yield
        return
    before = torch.are_deterministic_algorithms_enabled()
    memory: Any = torch.utils.deterministic  # its types lack the setting
    filled = memory.fill_uninitialized_memory
    torch.use_deterministic_algorithms(mode=True)
    # Nothing here reads memory it did not write, and filling all of it costs a tenth of the time.
    memory.fill_uninitialized_memory = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(mode=before)
        memory.fill_uninitialized_memory = filled
