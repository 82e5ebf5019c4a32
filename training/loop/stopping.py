"""Early stop: which epoch's weights are kept, and when no better one is to be expected.

The labels that choose an epoch are no evidence for its promise: of several epochs the one that
looks best on them looks better than it is. So calibration queries either choose or certify
(docs/decisions/0003-queries-that-choose.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.encoder import FloatMatrix
from models.errors import ConfigurationError, DataError
from models.index.flat import FlatIndex
from training.data.dataset import Dataset
from training.encoders.base import TextStore
from training.evaluation.coverage import oracle_coverage, precision_coverage
from training.evaluation.filters import drop_filtered, search_depth
from training.evaluation.report import top_1_correct
from training.loop.run import Run
from training.loop.stopping_settings import StoppingSettings
from training.settings import TrainingSettings

Weights = dict[str, Tensor]


def divide(calibration: Dataset, settings: TrainingSettings) -> tuple[Dataset | None, Dataset]:
    """Return the calibration queries that choose the epoch, and those that certify promises.

    Drawn by the seed, whatever the labels are; without an early stop all certify. Raises DataError
    when there are too few for both.
    """
    if settings.stopping is None:
        return None, calibration
    # Not the numbers that drew the calibration queries themselves, or an epoch, which counts from 1
    order = np.random.default_rng([settings.seed, 0]).permutation(len(calibration))
    count = round(settings.stopping.share * len(calibration))
    if not 0 < count < len(calibration):
        raise DataError(
            f"{len(calibration)} calibration queries are too few to choose an epoch by"
            f" {settings.stopping.share:.0%} of them; use more data or no early stop"
        )
    chosen, certifying = np.sort(order[:count]), np.sort(order[count:])
    return calibration.subset(chosen), calibration.subset(certifying)


@dataclass(frozen=True, slots=True, order=True)
class Quality:
    """Oracle C@1; where it is equal (0 where the target is out of reach), P@1 decides."""

    coverage: float
    accuracy: float


class Stopping:
    """Measures each epoch on held-out queries and remembers the best one's weights."""

    def __init__(self, settings: StoppingSettings, choosing: Dataset, texts: TextStore) -> None:
        self.settings, self.choosing, self.texts = settings, choosing, texts
        self.best: Quality | None = None
        self.best_epoch = 0
        self.weights: tuple[Weights, ...] = ()
        self.last_epoch = 0

    @property
    def is_over(self) -> bool:
        """Return whether so many epochs were no better that training ends."""
        return self.last_epoch - self.best_epoch >= self.settings.patience

    def look(self, run: Run, epoch: int) -> Quality:
        """Measure the present weights, and keep them when they are the best so far."""
        quality = self._measure(run)
        self.last_epoch = epoch
        if self.best is None or quality > self.best:
            self.best, self.best_epoch = quality, epoch
            self.weights = tuple(_copied(module) for module in _shipped(run))
        return quality

    def restore_best(self, run: Run) -> None:
        """Give the run the weights of the best epoch."""
        for module, weights in zip(_shipped(run), self.weights, strict=True):
            module.load_state_dict(weights)

    def state(self) -> dict[str, Any]:
        """Return what `load_state` takes, as tensors and plain values."""
        best = self.best and [self.best.coverage, self.best.accuracy]
        return {
            "best": best,
            "best_epoch": self.best_epoch,
            "last_epoch": self.last_epoch,
            "weights": list(self.weights),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from where `state` was called."""
        self.best = Quality(*state["best"])
        self.best_epoch, self.last_epoch = state["best_epoch"], state["last_epoch"]
        self.weights = tuple(state["weights"])

    def _measure(self, run: Run) -> Quality:
        embedder = run.engine.embedder
        raw = embedder.embed(np.arange(len(self.choosing)), self.texts)
        queries = functional.normalize(raw, dim=1).cpu().numpy()
        filtered = self.choosing.filtered
        near = _exact_index(_product_vectors(run)).search(queries, search_depth(1, filtered))
        found = drop_filtered(near, filtered, 1)
        correct = top_1_correct(found, self.choosing.relevance)
        curve = precision_coverage(found.scores[:, 0], correct)
        own = [oracle_coverage(curve, self.settings.target_precision), float(correct.mean())]
        # All end in the same epoch, even where machines round differently.
        return Quality(
            *embedder.ranks.of_the_first(torch.tensor(own, dtype=torch.float64)).tolist()
        )


def stopping_of(
    settings: TrainingSettings,
    choosing: Dataset | None,
    read: Callable[[Sequence[str]], TextStore],
) -> Stopping | None:
    """Return the early stop of a run by these queries, or None where there is none.

    `read` turns texts into the encoder's inputs. Raises ConfigurationError when there is an early
    stop without queries to choose by, or the other way round.
    """
    if settings.stopping is None and choosing is None:
        return None
    if settings.stopping is None or choosing is None:
        raise ConfigurationError(
            "an early stop needs both: the setting `stopping`, and held-out queries to choose by"
        )
    return Stopping(settings.stopping, choosing, read(choosing.texts))


def _shipped(run: Run) -> tuple[nn.Module, nn.Module]:
    """Return what a bundle is made of; the heads are for training only."""
    return run.engine.embedder.encoder, run.engine.labels


def _copied(module: nn.Module) -> Weights:
    return {name: one.detach().to("cpu", copy=True) for name, one in module.state_dict().items()}


def _product_vectors(run: Run) -> FloatMatrix:
    """Return the vectors as after the last epoch, and leave the labels as they are."""
    before = _copied(run.engine.labels)
    vectors = run.product_vectors()
    run.engine.labels.load_state_dict(before)
    return vectors


def _exact_index(vectors: FloatMatrix) -> FlatIndex:
    index = FlatIndex.empty(vectors.shape[1])
    index.add(np.arange(len(vectors)), vectors)
    return index
