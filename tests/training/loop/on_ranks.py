"""What `torchrun` starts in test_torchrun.py: every run's result on each rank, in a file."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import torch

from tests.training.loop.runs import DROPOUT, PROTOTYPES, SETTINGS, run, stopped
from tests.training.products import small_shop
from training.loop.ranks import Ranks
from training.loop.torchrun import joined

RUNS = {
    "no dropout": SETTINGS,
    "dropout in the heads": DROPOUT,
    "a few texts at a time": replace(SETTINGS, micro_batch=7),
    "prototypes": PROTOTYPES,
}


def reproduce(ranks: Ranks, directory: Path) -> None:
    """Run all, one of them with an early stop, one of them interrupted."""
    found = {name: run(settings, ranks=ranks) for name, settings in RUNS.items()}
    found["early stop"] = stopped(ranks=ranks)
    for _ in range(2):  # the second time from the checkpoint
        found["kept"] = run(SETTINGS, ranks=ranks, run_directory=directory / "kept")
    torch.save(found, directory / f"{ranks.rank}.pt")


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
