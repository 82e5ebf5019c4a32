"""The training loop of the n-gram encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, optim

from models.encoder import FloatMatrix
from models.ngram.features import Bags
from models.ngram.runtime import NgramEncoder
from training.data.dataset import Dataset
from training.encoders.ngram import NgramModule, select
from training.examples import Batch, Examples, build_examples, sample_batch
from training.losses.batch import EmbeddedBatch
from training.objective import LossParts, Objective
from training.optimiser.sparse_adam import SparseAdam
from training.sampling.balanced import clustered_batches
from training.settings import TrainingSettings

ENCODE_CHUNK = 1024


@dataclass(frozen=True, slots=True)
class Step:
    """What one optimisation step did, for progress and logs; `total_queries` is of all epochs."""

    epoch: int
    step: int
    steps: int
    queries: int
    total_queries: int
    parts: LossParts


def fit(
    dataset: Dataset,
    settings: TrainingSettings,
    on_step: Callable[[Step], None],
    on_texts: Callable[[int, int], None] | None = None,
) -> NgramEncoder:
    """Train on the answerable queries of the data set and return the encoder to be served.

    `on_step` hears of each step; `on_texts`, before them, how many texts are hashed of how many.
    The same data set, settings, machine and thread count give the same encoder.
    """
    torch.manual_seed(settings.seed)
    examples = build_examples(dataset, on_texts)
    seeded = torch.Generator().manual_seed(settings.seed)
    encoder = NgramModule(examples.vocabulary, settings.dimension, seeded)
    objective = Objective(settings)
    with _deterministic():
        _optimise(encoder, objective, examples, settings, on_step)
    return export(encoder)


@contextmanager
def _deterministic() -> Iterator[None]:
    """Sum gradients in one order: by default threads add those of a repeated row as they come."""
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


def export(encoder: NgramModule) -> NgramEncoder:
    """Return the encoder in the service's runtime; the auxiliary heads are dropped."""
    weighted = encoder.table.detach() * encoder.idf[:, None]
    return NgramEncoder.from_parts(
        encoder.vocabulary.buckets, weighted.numpy(), encoder.residual.detach().numpy()
    )


def _optimise(
    encoder: NgramModule,
    objective: Objective,
    examples: Examples,
    settings: TrainingSettings,
    on_step: Callable[[Step], None],
) -> None:
    total = settings.epochs * len(examples)
    steps = settings.epochs * -(-len(examples) // settings.batch_size)
    optimisers = _optimisers(encoder, objective, settings)
    schedules = [_schedule(optimiser, settings.warmup_steps, steps) for optimiser in optimisers]
    for step, (epoch, batch) in enumerate(_batches(encoder, examples, settings)):
        loss, parts = objective(_embed(encoder, examples, batch))
        for optimiser in optimisers:
            optimiser.zero_grad()
        loss.backward()
        for optimiser, schedule in zip(optimisers, schedules, strict=True):
            optimiser.step()
            schedule.step()
        on_step(Step(epoch, step + 1, steps, len(batch.queries), total, parts))


def _batches(
    encoder: NgramModule, examples: Examples, settings: TrainingSettings
) -> Iterator[tuple[int, Batch]]:
    generator = np.random.default_rng(settings.seed)
    for epoch in range(1, settings.epochs + 1):
        vectors = embeddings(encoder, examples.texts, len(examples))
        for rows in clustered_batches(
            vectors, settings.cluster_size, settings.batch_size, generator
        ):
            yield epoch, sample_batch(examples, rows, generator)


def _embed(encoder: NgramModule, examples: Examples, batch: Batch) -> EmbeddedBatch:
    # One pass for both sides: the table then has one sparse gradient instead of a sum of two.
    texts = np.concatenate([batch.queries, len(examples) + batch.products])
    both = encoder(*select(examples.texts, texts))
    queries, labels = both.split([len(batch.queries), len(batch.products)])
    return EmbeddedBatch(queries, labels, batch.relevance, batch.positives)


def embeddings(encoder: NgramModule, texts: Bags, count: int) -> FloatMatrix:
    """Return the embeddings (count, d) of the first `count` bags under the present weights."""
    rows = np.arange(count)
    with torch.no_grad():
        chunks: list[Tensor] = [
            encoder(*select(texts, rows[start : start + ENCODE_CHUNK]))
            for start in range(0, len(rows), ENCODE_CHUNK)
        ]
    stacked: FloatMatrix = torch.cat(chunks).numpy()
    return stacked


def _optimisers(
    encoder: NgramModule, objective: Objective, settings: TrainingSettings
) -> list[optim.Optimizer]:
    layers = [encoder.residual, *objective.parameters()]
    return [
        # Only the rows of a batch have gradients: dense Adam would touch the whole table.
        SparseAdam([encoder.table], lr=settings.table_learning_rate),
        optim.AdamW(layers, lr=settings.layer_learning_rate),
    ]


def _schedule(optimiser: optim.Optimizer, warmup: int, steps: int) -> optim.lr_scheduler.LambdaLR:
    return optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / max(warmup, 1), 1.0) * (1 - step / steps)
    )
