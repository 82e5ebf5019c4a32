"""Real processes, started by torchrun, on one machine."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from models.bundle.store import list_bundles
from tests.training.loop.on_ranks import RUNS, gradients
from tests.training.loop.runs import SETTINGS, Trained, run, stopped
from tests.training.products import small_shop
from training.loop.ranks import SingleRank

SECONDS = 120
CLOSE = 1e-5

Saved = list[tuple[dict[str, Trained], dict[str, Tensor]]]


def torchrun(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a module of this repository in two processes."""
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m"]
    return subprocess.run(
        [sys.executable, *launcher, *command],
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "error::FutureWarning"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.fixture(scope="module")
def saved(
    tmp_path_factory: pytest.TempPathFactory,
) -> Saved:
    """What all runs came to, and the gradients of one pass, on each rank."""
    directory = tmp_path_factory.mktemp("ranks")
    ended = torchrun("tests.training.loop.on_ranks", "reproduce", str(directory))
    assert ended.returncode == 0, ended.stderr
    return [torch.load(directory / f"{rank}.pt", weights_only=False) for rank in range(2)]


@pytest.fixture(scope="module")
def ranks(saved: Saved) -> list[dict[str, Trained]]:
    return [found for found, _ in saved]


def test_gradients_are_those_of_one_process(
    saved: Saved,
) -> None:
    alone = gradients(SingleRank())
    assert set(alone) == {"table", "residual"}  # one with gradients of single rows, one dense
    for _, found in saved:
        for name, gradient in alone.items():
            torch.testing.assert_close(found[name], gradient)


def assert_close(found: Trained, expected: Trained) -> None:
    assert len(found.losses) == len(expected.losses)
    losses, others = ([astuple(one) for one in many.losses] for many in (found, expected))
    np.testing.assert_allclose(losses, others, atol=CLOSE)
    for one, other in zip(found.weights, expected.weights, strict=True):
        np.testing.assert_allclose(one, other, atol=CLOSE)


@pytest.mark.parametrize("name", RUNS)
def test_two_processes_compute_what_one_does(ranks: list[dict[str, Trained]], name: str) -> None:
    assert_close(ranks[0][name], run(RUNS[name]))


def test_they_stop_in_the_same_epoch_with_the_same_weights(
    ranks: list[dict[str, Trained]],
) -> None:
    alone = stopped()

    assert ranks[0]["early stop"].epoch == alone.epoch
    assert_close(ranks[0]["early stop"], alone)


@pytest.mark.parametrize("name", [*RUNS, "early stop"])
def test_every_process_has_the_same_numbers(ranks: list[dict[str, Trained]], name: str) -> None:
    assert ranks[0][name].same_as(ranks[1][name])


def test_both_go_on_from_the_run_directory(ranks: list[dict[str, Trained]]) -> None:
    for rank in ranks:
        assert rank["kept"].losses == []
        assert rank["kept"].same_weights_as(rank["no dropout"])
    assert len(run(SETTINGS).losses) == 12


def test_an_error_in_one_process_ends_all() -> None:
    ended = torchrun("tests.training.loop.on_ranks", "differ", "unused")

    assert ended.returncode != 0
    assert "process 1 has other data, settings or run directory than process 0" in ended.stderr


def test_one_process_speaks_and_publishes(tmp_path: Path) -> None:
    products, pairs, bundles = (tmp_path / name for name in ("p.csv", "q.csv", "bundles"))
    write_shop(products, pairs)

    ended = torchrun(
        *("training", "fit", "--products", str(products), "--pairs", str(pairs)),
        *("--bundles", str(bundles), "--epochs", "1", "--run-dir", str(tmp_path / "run")),
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("published ") == 1
    assert ended.stderr.count("epoch 1  step 1/") == 1
    assert len(list_bundles(bundles)) == 1


def write_shop(products: Path, pairs: Path) -> None:
    shop = small_shop()
    titles = [(one.product_id, one.title) for one in shop.products]
    answers = [shop.products[row].product_id for row in shop.relevance.indices]
    with products.open("w", newline="") as file:
        csv.writer(file).writerows([("id", "title"), *titles])
    with pairs.open("w", newline="") as file:
        rows = zip(shop.texts, answers, strict=True)
        csv.writer(file).writerows([("query", "product_id"), *rows])
