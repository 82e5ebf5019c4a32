"""One training run: the state that passes from epoch to epoch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from models.encoder import FloatMatrix
from training.data.dataset import Rows
from training.examples import sample_batch
from training.loop.embedder import EMBEDDED_AT_ONCE
from training.loop.engine import Engine
from training.loop.optimisers import Optimisers
from training.loop.step import Step
from training.sampling.clusters import Clusters, batch_rows, cluster_queries, is_due
from training.sampling.positives import build_positives
from training.settings import TrainingSettings


class Run:
    """Trains epoch by epoch.

    Every draw of epoch e depends on the seed and e alone, so that a run that goes on from the end
    of an epoch draws what it would have drawn.
    """

    def __init__(
        self, engine: Engine, settings: TrainingSettings, on_step: Callable[[Step], None]
    ) -> None:
        self.engine, self.settings, self.on_step = engine, settings, on_step
        self.examples = engine.examples
        self.positives = build_positives(self.examples.relevance, settings.sampler)
        self.steps_per_epoch = -(-len(self.examples) // settings.batch_size)
        groups = (
            *engine.embedder.encoder.parameter_groups(),
            *engine.labels.parameter_groups(),
            *engine.objective.parameter_groups(),
        )
        self.steps = settings.epochs * self.steps_per_epoch
        self.optimisers = Optimisers(groups, settings.warmup_steps, self.steps)
        # The embeddings of all queries as they last passed through a batch: stale, but free.
        self.stored: FloatMatrix | None = None
        self.clusters: Clusters | None = None

    def train_epoch(self, epoch: int) -> None:
        """Pass over all queries once; epochs count from 1."""
        generator = np.random.default_rng([self.settings.seed, epoch])
        stored = self._start(epoch, generator)
        rows = batch_rows(len(self.examples), self.clusters, self.settings.batch_size, generator)
        for i, queries in enumerate(rows):
            self._train_batch(epoch, i, queries, stored, generator)
        # They see the same batches on every rank; this keeps rounding from adding up.
        self.engine.embedder.ranks.agree(self.engine.labels, self.engine.objective)

    def product_vectors(self) -> FloatMatrix:
        """Return the unit vectors (products, d) that are searched, under the present weights."""
        if self.engine.labels.uses_queries:
            self.engine.labels.refresh(self.engine.query_embeddings())
        rows = np.arange(self.examples.products)
        parts = [
            self.engine.product_embeddings(rows[start : start + EMBEDDED_AT_ONCE]).final.cpu()
            for start in range(0, len(rows), EMBEDDED_AT_ONCE)
        ]
        vectors: FloatMatrix = torch.cat(parts).numpy()
        return vectors

    def _start(self, epoch: int, generator: np.random.Generator) -> FloatMatrix:
        due = is_due(self.clusters, epoch, self.settings.sampler)
        if self.stored is None and (due or self.engine.labels.uses_queries):
            self.stored = self.engine.query_embeddings().cpu().numpy()
        if self.stored is None:
            self.stored = np.zeros(
                (len(self.examples), self.engine.embedder.encoder.dimension), np.float32
            )
        if self.engine.labels.uses_queries:
            self.engine.labels.refresh(torch.from_numpy(self.stored).to(self.engine.device))
        if due:
            self.clusters = cluster_queries(self.stored, epoch, self.settings.sampler, generator)
        return self.stored

    def _train_batch(
        self,
        epoch: int,
        number: int,
        queries: Rows,
        stored: FloatMatrix,
        generator: np.random.Generator,
    ) -> None:
        done = (epoch - 1) * self.steps_per_epoch + number
        batch = sample_batch(self.examples, queries, self.positives, generator)
        self.optimisers.zero_grad()
        parts, embeddings = self.engine.backward(batch, _step_seed(self.settings.seed, done))
        self.optimisers.step(done)
        sampled = torch.from_numpy(batch.products).to(self.engine.device)[batch.positives]
        self.engine.labels.observe(embeddings, sampled)
        stored[queries] = embeddings.cpu().numpy()
        total = self.settings.epochs * len(self.examples)
        self.on_step(Step(epoch, done + 1, self.steps, len(queries), total, parts))


def _step_seed(seed: int, step: int) -> int:
    """Return a seed of its own for every step."""
    return int(np.random.SeedSequence([seed, step]).generate_state(1)[0])
