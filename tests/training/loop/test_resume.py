"""A run that is ended goes on, and comes to the same numbers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models.errors import ConfigurationError
from tests.training.loop import runs
from tests.training.loop.runs import DROPOUT, PROTOTYPES, SETTINGS, run, stopped
from tests.training.products import small_shop
from training.loop import run_directory
from training.loop.run_directory import RunDirectoryError, RunState, read_state
from training.loop.step import Step
from training.sampling.settings import SamplerSettings
from training.settings import TrainingSettings

STEPS_PER_EPOCH = 6


class Ended(BaseException):
    """The process is gone."""


def end_at(step: int) -> Any:
    def on_step(one: Step) -> None:
        if one.step == step:
            raise Ended

    return on_step


def epochs_done(path: Path) -> int:
    state = read_state(path)
    return state.epochs_done if state else 0


@pytest.mark.parametrize(
    "settings",
    [
        SETTINGS,
        DROPOUT,
        PROTOTYPES,
        replace(SETTINGS, sampler=SamplerSettings(cluster_size=16, refresh_every=2)),
        replace(SETTINGS, sampler=SamplerSettings(cluster_size=1)),
    ],
    ids=["usual", "dropout", "prototypes", "kept clusters", "no clusters"],
)
def test_an_interrupted_run_comes_to_the_same_numbers(
    tmp_path: Path, settings: TrainingSettings
) -> None:
    settings = replace(settings, epochs=3)
    whole = run(settings)

    with pytest.raises(Ended):  # in the middle of the second epoch, which is lost
        run(settings, on_step=end_at(STEPS_PER_EPOCH + 3), run_directory=tmp_path)
    assert epochs_done(tmp_path) == 1
    rest = run(settings, run_directory=tmp_path)

    assert rest.losses == whole.losses[STEPS_PER_EPOCH:]
    assert rest.same_weights_as(whole)


def test_keeping_a_run_changes_nothing(tmp_path: Path) -> None:
    assert run(SETTINGS, run_directory=tmp_path).same_as(run(SETTINGS))


def test_steps_of_a_run_that_goes_on_are_counted_from_its_beginning(tmp_path: Path) -> None:
    steps: list[Step] = []
    with pytest.raises(Ended):
        run(SETTINGS, on_step=end_at(STEPS_PER_EPOCH + 1), run_directory=tmp_path)

    run(SETTINGS, on_step=steps.append, run_directory=tmp_path)

    queries = len(small_shop())
    assert [one.step for one in steps] == list(range(7, 13))
    assert steps[0].done_queries == queries + 64
    assert steps[-1].done_queries == steps[-1].total_queries == 2 * queries


def test_a_killed_process_loses_at_most_the_epoch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real SIGKILL: no `finally` runs, no file is closed."""
    command = [sys.executable, "-m", runs.__name__, str(tmp_path), str(STEPS_PER_EPOCH + 4)]
    # Equal numbers need equal thread counts: sums of several threads round in another way.
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    killed = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert epochs_done(tmp_path) == 1

    rest = run(SETTINGS, run_directory=tmp_path)
    whole = run(SETTINGS)
    torch.set_num_threads(before)

    assert rest.same_weights_as(whole)


@pytest.mark.parametrize("fails", ["torch.save", "replace_text"])
def test_a_kill_while_a_checkpoint_is_written_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    """In the middle of its file, or between that and the file that names it."""

    def end(*arguments: Any) -> None:
        (tmp_path / run_directory.UNFINISHED).write_bytes(b"half")
        raise Ended

    def when_the_second_epoch_ends(one: Step) -> None:
        if one.step == 2 * STEPS_PER_EPOCH:
            monkeypatch.setattr(f"training.loop.run_directory.{fails}", end)

    with pytest.raises(Ended):
        run(SETTINGS, on_step=when_the_second_epoch_ends, run_directory=tmp_path)
    monkeypatch.undo()
    assert epochs_done(tmp_path) == 1
    rest = run(SETTINGS, run_directory=tmp_path)

    assert rest.same_weights_as(run(SETTINGS))
    assert [one.name for one in tmp_path.glob("*.pt")] == ["checkpoint-0002.pt"]


def test_a_finished_run_says_so_and_returns_what_it_came_to(tmp_path: Path) -> None:
    whole = run(SETTINGS, run_directory=tmp_path)

    again = run(SETTINGS, run_directory=tmp_path)

    assert again.losses == []
    assert again.same_weights_as(whole)
    assert str(read_state(tmp_path)) == "finished after 2 of 2 epochs"


def test_an_early_stop_goes_on_as_well(tmp_path: Path) -> None:
    whole = stopped()
    assert len(whole.losses) > 2 * STEPS_PER_EPOCH
    with pytest.raises(Ended):
        stopped(run_directory=tmp_path, on_step=end_at(len(whole.losses) - 2))

    rest = stopped(run_directory=tmp_path)
    again = stopped(run_directory=tmp_path)

    assert rest.losses == whole.losses[-STEPS_PER_EPOCH:]
    assert again.losses == []
    for one in (rest, again):
        assert one.epoch == whole.epoch
        assert one.same_weights_as(whole)
    state = read_state(tmp_path)
    assert state is not None
    assert state.finished
    assert state.epochs_done < state.epochs


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"seed": 1}, r"training\.seed is 0 there and 1 now"),
        ({"alc": None}, r"training\.alc"),
        ({"sampler": SamplerSettings(cluster_size=8)}, r"training\.sampler\.cluster_size is 16"),
    ],
)
def test_a_directory_of_another_configuration_is_refused(
    tmp_path: Path, changed: dict[str, Any], named: str
) -> None:
    run(SETTINGS, run_directory=tmp_path)
    before = sorted((one.name, one.read_bytes()) for one in tmp_path.iterdir())

    with pytest.raises(ConfigurationError, match=f"holds another run: {named}"):
        run(replace(SETTINGS, **changed), run_directory=tmp_path)
    assert sorted((one.name, one.read_bytes()) for one in tmp_path.iterdir()) == before


def test_a_directory_of_other_data_is_refused(tmp_path: Path) -> None:
    run(SETTINGS, run_directory=tmp_path)

    with pytest.raises(ConfigurationError, match=r"holds another run: data\.train"):
        run(SETTINGS, small_shop(seed=1), run_directory=tmp_path)


def test_a_directory_of_other_choosing_queries_is_refused(tmp_path: Path) -> None:
    stopped(run_directory=tmp_path)

    with pytest.raises(ConfigurationError, match=r"holds another run: data\.choosing"):
        stopped(run_directory=tmp_path, choosing=small_shop(seed=2).subset(np.arange(50)))


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    run(SETTINGS, run_directory=tmp_path)
    checkpoint = tmp_path / "checkpoint-0002.pt"
    content = bytearray(checkpoint.read_bytes())
    content[len(content) // 2] ^= 1
    checkpoint.write_bytes(content)

    with pytest.raises(RunDirectoryError, match=r"checkpoint-0002\.pt: is damaged"):
        run(SETTINGS, run_directory=tmp_path)
    checkpoint.unlink()
    with pytest.raises(RunDirectoryError, match=r"checkpoint-0002\.pt: is damaged"):
        run(SETTINGS, run_directory=tmp_path)


def test_a_checkpoint_of_another_version_is_named(tmp_path: Path) -> None:
    run(SETTINGS, run_directory=tmp_path)
    checkpoint = tmp_path / "checkpoint-0002.pt"
    torch.save({"run": {"modules": [{}, {}, {}]}}, checkpoint)
    state = json.loads((tmp_path / "state.json").read_text())
    state["sha256"] = run_directory._sha256(checkpoint)
    (tmp_path / "state.json").write_text(json.dumps(state))

    with pytest.raises(RunDirectoryError, match=r"checkpoint-0002\.pt: does not fit"):
        run(SETTINGS, run_directory=tmp_path)


def test_how_far_a_run_is_in_words() -> None:
    assert str(RunState(2, 8, False, "", "")) == "2 of 8 epochs done"
    assert str(RunState(5, 8, True, "", "")) == "finished after 5 of 8 epochs"


def test_what_the_texts_are_read_as_is_in_the_run_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))

    for _ in range(2):  # the second time as a run that goes on
        run(replace(SETTINGS, epochs=1), run_directory=tmp_path / "run")

    names = {one.name for one in (tmp_path / "run").iterdir()}
    assert names == {
        ".lock",
        "configuration.json",
        "state.json",
        "checkpoint-0001.pt",
        "progress.jsonl",
    }


def test_it_is_elsewhere_where_the_process_may_only_read_the_run_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(ConfigurationError, match="missing"):
        run(SETTINGS, run_directory=tmp_path / "run")
