"""Small runs that several tests look at; as a command, one that is killed in the step it names."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from models.ngram.runtime import NgramEncoder
from tests.training.products import small_shop
from training.data.dataset import Dataset
from training.encoders.settings import NgramSettings
from training.labels.settings import PrototypeLabelSettings
from training.loop.fit import Fitted, fit
from training.loop.ranks import Ranks
from training.loop.step import Step
from training.loop.stopping_settings import StoppingSettings
from training.losses.alc import AlcSettings
from training.losses.parts import LossParts
from training.sampling.settings import SamplerSettings
from training.settings import TrainingSettings

ALC = AlcSettings(feedforward=16, attention_heads=2, dropout=0.0)
SETTINGS = TrainingSettings(
    epochs=2,
    batch_size=64,
    encoder=NgramSettings(dimension=32),
    sampler=SamplerSettings(cluster_size=16),
    warmup_steps=2,
    alc=ALC,
    device="cpu",
)
DROPOUT = replace(SETTINGS, alc=replace(ALC, dropout=0.3))
PROTOTYPES = replace(
    SETTINGS,
    labels=PrototypeLabelSettings(feedforward=16, attention_heads=2, centroids="ema"),
    alc=replace(
        ALC,
        query_label_negatives=3,
        classifier="mlp",
        pair_representation="interactions",
        inputs="raw",
        on_titles=True,
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What a run came to: the losses of each step, and the weights."""

    losses: list[LossParts]
    table: Tensor
    residual: Tensor
    products: Tensor
    epoch: int

    def same_as(self, other: Trained) -> bool:
        """Return whether all numbers are the same, to the last bit."""
        return self.losses == other.losses and self.same_weights_as(other)

    def same_weights_as(self, other: Trained) -> bool:
        """Return whether what is shipped is the same, to the last bit."""
        pairs = zip(self.weights, other.weights, strict=True)
        return all(torch.equal(one, another) for one, another in pairs)

    @property
    def weights(self) -> tuple[Tensor, ...]:
        return self.table, self.residual, self.products


def run(
    settings: TrainingSettings,
    dataset: Dataset | None = None,
    on_step: Callable[[Step], None] = lambda _: None,
    *,
    choosing: Dataset | None = None,
    ranks: Ranks | None = None,
    run_directory: Path | None = None,
) -> Trained:
    """Train on the small shop, or other data."""
    losses: list[LossParts] = []

    def hear(step: Step) -> None:
        losses.append(step.parts)
        on_step(step)

    fitted = fit(
        dataset or small_shop(),
        settings,
        hear,
        choosing=choosing,
        ranks=ranks,
        run_directory=run_directory,
    )
    return trained(fitted, losses)


def stopped(
    *,
    on_step: Callable[[Step], None] = lambda _: None,
    choosing: Dataset | None = None,
    ranks: Ranks | None = None,
    run_directory: Path | None = None,
) -> Trained:
    """Train with an early stop that comes before the last epoch."""
    chosen = StoppingSettings(patience=1, target_precision=0.9)
    settings = replace(SETTINGS, epochs=6, stopping=chosen)
    return run(
        settings,
        on_step=on_step,
        choosing=choosing or small_shop(seed=1).subset(np.arange(0, 360, 3)),
        ranks=ranks,
        run_directory=run_directory,
    )


def trained(fitted: Fitted, losses: list[LossParts]) -> Trained:
    assert isinstance(fitted.encoder, NgramEncoder)
    table, residual = (
        torch.from_numpy(one) for one in (fitted.encoder.table, fitted.encoder.residual)
    )
    return Trained(losses, table, residual, torch.from_numpy(fitted.products), fitted.epoch)


def killed_at(step: int) -> Callable[[Step], None]:
    def on_step(one: Step) -> None:
        if one.step == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return on_step


if __name__ == "__main__":
    torch.set_num_threads(1)
    run(SETTINGS, on_step=killed_at(int(sys.argv[2])), run_directory=Path(sys.argv[1]))
