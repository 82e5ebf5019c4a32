"""One training run: the state that passes from epoch to epoch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from models.encoder import FloatMatrix
from models.errors import ConfigurationError
from training.data.dataset import Rows
from training.examples import sample_batch
from training.loop.embedder import EMBEDDED_AT_ONCE
from training.loop.engine import Engine
from training.loop.optimisers import Optimisers
from training.loop.pace import Pace
from training.loop.step import Step
from training.losses.parts import LossTensors
from training.sampling.clusters import Clusters, batch_rows, cluster_queries, is_due
from training.sampling.positives import build_positives
from training.settings import TrainingSettings


class Run:
    """Trains epoch by epoch.

    Every draw of epoch e depends on the seed and e alone, so that a run that goes on from the end
    of an epoch draws what it would have drawn. `clock` returns seconds, for the speed only.
    """

    def __init__(
        self,
        engine: Engine,
        settings: TrainingSettings,
        on_step: Callable[[Step], None],
        clock: Callable[[], float],
    ) -> None:
        self.engine, self.settings, self.on_step, self.clock = engine, settings, on_step, clock
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
        self.pace: Pace | None = None

    def train_epoch(self, epoch: int) -> None:
        """Pass over all queries once; epochs count from 1.

        Raises ConfigurationError when the embeddings are no longer finite numbers.
        """
        generator = np.random.default_rng([self.settings.seed, epoch])
        if self.pace is None:
            self.pace = Pace(self.clock(), (epoch - 1) * len(self.examples))
        stored = self._start(epoch, generator)
        rows = batch_rows(len(self.examples), self.clusters, self.settings.batch_size, generator)
        for i, queries in enumerate(rows):
            self._train_batch(epoch, i, queries, stored, generator)
        # They see the same batches on every rank; this keeps rounding from adding up.
        self.engine.embedder.ranks.agree(*self.engine.modules)
        _require_finite(stored)

    def state(self) -> dict[str, Any]:
        """Return what `load_state` takes, as tensors and plain values."""
        return {
            "modules": [module.state_dict() for module in self.engine.modules],
            "optimisers": [member.state_dict() for member in self.optimisers.members],
            "stored": None if self.stored is None else torch.from_numpy(self.stored),
            "clusters": self.clusters.state() if self.clusters else None,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from where `state` was called, at the end of an epoch."""
        for module, weights in zip(self.engine.modules, state["modules"], strict=True):
            module.load_state_dict(weights)
        for member, one in zip(self.optimisers.members, state["optimisers"], strict=True):
            member.load_state_dict(one)
        self.stored = None if state["stored"] is None else state["stored"].numpy()
        known = state["clusters"]
        self.clusters = Clusters.of_state(known) if known else None

    def product_vectors(self) -> FloatMatrix:
        """Return the unit vectors (products, d) that are searched, under the present weights.

        Raises ConfigurationError when they are no finite numbers.
        """
        if self.engine.labels.uses_queries:
            self.engine.labels.refresh(self.engine.query_embeddings())
        rows = np.arange(self.examples.products)
        parts = [
            self.engine.product_embeddings(rows[start : start + EMBEDDED_AT_ONCE]).final.cpu()
            for start in range(0, len(rows), EMBEDDED_AT_ONCE)
        ]
        vectors: FloatMatrix = torch.cat(parts).numpy()
        _require_finite(vectors)
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
        losses, embeddings = self.engine.backward(batch, _step_seed(self.settings.seed, done))
        self.optimisers.step(done)
        sampled = torch.from_numpy(batch.products).to(self.engine.device)[batch.positives]
        self.engine.labels.observe(embeddings, sampled)
        stored[queries] = embeddings.cpu().numpy()
        before = (epoch - 1) * len(self.examples) + number * self.settings.batch_size
        self._report(epoch, done + 1, len(queries), before + len(queries), losses)

    def _report(
        self, epoch: int, step: int, queries: int, done_queries: int, losses: LossTensors
    ) -> None:
        assert self.pace is not None
        total = self.settings.epochs * len(self.examples)
        self.pace.tell(self.clock(), done_queries)
        self.on_step(
            Step(
                epoch=epoch,
                step=step,
                steps=self.steps,
                queries=queries,
                done_queries=done_queries,
                total_queries=total,
                losses=losses,
                queries_per_second=self.pace.per_second,
                seconds_left=self.pace.seconds_left(total),
                cut_texts=self.examples.cut_texts,
            )
        )


def _step_seed(seed: int, step: int) -> int:
    """Return a seed of its own for every step."""
    return int(np.random.SeedSequence([seed, step]).generate_state(1)[0])


def _require_finite(embeddings: FloatMatrix) -> None:
    if not np.isfinite(embeddings).all():
        raise ConfigurationError(
            "training made embeddings infinite, or no numbers at all; use lower learning rates or a"
            " longer warm-up"
        )
