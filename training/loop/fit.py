"""Train an encoder and a label representation on a data set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from models.encoder import Encoder, FloatMatrix
from training.data.dataset import Dataset
from training.encoders.base import EncoderModule
from training.examples import Examples, build_examples
from training.labels.base import LabelContext
from training.labels.build import build_labels
from training.loop.embedder import Embedder, device_of
from training.loop.engine import Engine
from training.loop.ranks import SingleRank
from training.loop.run import Run
from training.loop.step import Step
from training.objective import Objective
from training.settings import TrainingSettings


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A trained encoder, and the unit vectors (products, d) of the catalogue to be searched."""

    encoder: Encoder
    products: FloatMatrix


def fit(
    dataset: Dataset,
    settings: TrainingSettings,
    on_step: Callable[[Step], None],
    on_texts: Callable[[int, int], None] | None = None,
) -> Fitted:
    """Train on the answerable queries of the data set.

    `on_step` hears of each step; `on_texts`, before them, how many texts are read of how many.
    The same data set, settings, machine and thread count give the same result.
    """
    torch.manual_seed(settings.seed)
    encoder, examples = build_examples(dataset, settings.encoder, settings.seed, on_texts)
    with _deterministic(device_of(settings.device)):
        run = Run(_engine(encoder, examples, settings), settings, on_step)
        for epoch in range(1, settings.epochs + 1):
            run.train_epoch(epoch)
        return Fitted(encoder.export(), run.product_vectors())


def _engine(encoder: EncoderModule, examples: Examples, settings: TrainingSettings) -> Engine:
    embedder = Embedder(encoder, examples.texts, settings, SingleRank())

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
