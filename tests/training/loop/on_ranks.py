"""What `torchrun` starts in test_torchrun.py: every run's result on each rank, in a file."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from tests.training.loop.runs import DROPOUT, PROTOTYPES, SETTINGS, run, stopped
from tests.training.products import small_shop
from training.examples import build_examples
from training.loop.embedder import Embedder
from training.loop.ranks import Ranks
from training.loop.torchrun import joined

RUNS = {
    "no dropout": SETTINGS,
    "dropout in the heads": DROPOUT,
    "a few texts at a time": replace(SETTINGS, micro_batch=7),
    "prototypes": PROTOTYPES,
}


def gradients(ranks: Ranks) -> dict[str, Tensor]:
    """Return the gradients of one pass; weights would hide their scale, Adam does not see it."""
    prepared, examples = build_examples(small_shop(), SETTINGS.encoder, seed=0)
    passed = Embedder(prepared.encoder, examples.texts, SETTINGS, ranks).start(np.arange(9), seed=0)
    passed.embeddings.grad = torch.linspace(-1, 1, passed.embeddings.numel()).reshape(9, -1)
    passed.backward()
    found = {name: one.grad for name, one in prepared.encoder.named_parameters()}
    return {name: one.to_dense() for name, one in found.items() if one is not None}


def reproduce(ranks: Ranks, directory: Path) -> None:
    """Run all, one of them with an early stop, one of them interrupted."""
    found = {name: run(settings, ranks=ranks) for name, settings in RUNS.items()}
    found["early stop"] = stopped(ranks=ranks)
    for _ in range(2):  # the second time from the checkpoint
        found["kept"] = run(SETTINGS, ranks=ranks, run_directory=directory / "kept")
    torch.save((found, gradients(ranks)), directory / f"{ranks.rank}.pt")


def differ(ranks: Ranks) -> None:
    """Give every process other data."""
    run(SETTINGS, small_shop(seed=ranks.rank), ranks=ranks)


def main(what: str, directory: Path) -> None:
    torch.set_num_threads(1)
    with joined("cpu") as ranks:
        if what == "differ":
            differ(ranks)
        else:
            reproduce(ranks, directory)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
