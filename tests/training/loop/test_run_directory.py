from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from models.errors import ConfigurationError
from training.loop.run_directory import (
    RunDirectory,
    RunDirectoryError,
    RunState,
    opened,
    read_state,
)

CONFIGURATION = {"training": {"seed": 0, "alc": {"head": "a"}}, "data": {"train": "abc"}}
CHECKPOINT: dict[str, Any] = {"weights": torch.tensor([1.0, 2.0]), "epoch": 1}


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    with opened(tmp_path / "deep" / "run", CONFIGURATION) as directory:
        assert directory.load() is None
        directory.save(CHECKPOINT, 1, 3, end=False)

    with opened(tmp_path / "deep" / "run", CONFIGURATION) as directory:
        found = directory.load()

    assert found is not None
    state, checkpoint = found
    assert (state.epochs_done, state.epochs, state.finished) == (1, 3, False)
    assert checkpoint["epoch"] == 1
    assert torch.equal(checkpoint["weights"], CHECKPOINT["weights"])


def test_only_the_last_checkpoint_is_kept(tmp_path: Path) -> None:
    with opened(tmp_path, CONFIGURATION) as directory:
        for epoch in (1, 2):
            directory.save(CHECKPOINT, epoch, 2, end=epoch == 2)

    assert [one.name for one in tmp_path.glob("*.pt")] == ["checkpoint-0002.pt"]
    state = read_state(tmp_path)
    assert state == RunState(2, 2, True, "checkpoint-0002.pt", state.sha256 if state else "")


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"seed": 1, "alc": {"head": "b"}}, "training.seed is 0 there and 1 now"),
        ({"seed": 0, "alc": {"head": "b"}}, "training.alc.head is a there and b now"),
        ({"seed": 0, "alc": None}, "training.alc is set there and not set now"),
        ({"seed": 0, "alc": {}}, "training.alc.head is a there and not set now"),
    ],
)
def test_the_first_field_that_differs_is_named(
    tmp_path: Path, changed: dict[str, Any], named: str
) -> None:
    with opened(tmp_path, CONFIGURATION):
        pass

    other = {**CONFIGURATION, "training": changed, "data": {"train": "xyz"}}
    with pytest.raises(ConfigurationError) as refused, opened(tmp_path, other):
        pass
    assert named in str(refused.value)


def test_a_second_run_in_the_same_directory_is_refused(tmp_path: Path) -> None:
    with (
        opened(tmp_path, CONFIGURATION),
        pytest.raises(ConfigurationError, match="a run is going on"),
        opened(tmp_path, CONFIGURATION),
    ):
        pass

    with opened(tmp_path, CONFIGURATION):  # free again
        pass


def test_another_process_of_the_same_run_reads_only(tmp_path: Path) -> None:
    with opened(tmp_path, CONFIGURATION) as first:
        first.save(CHECKPOINT, 1, 2, end=False)
        other = RunDirectory(tmp_path, writes=False)
        other.save(CHECKPOINT, 2, 2, end=True)
        found = other.load()

    assert found is not None
    assert found[0].epochs_done == 1


def test_a_directory_of_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_text("")

    with (
        pytest.raises(ConfigurationError, match=r"holds no run, but holiday\.jpg"),
        opened(tmp_path, CONFIGURATION),
    ):
        pass
    assert [one.name for one in tmp_path.iterdir() if one.name[0] != "."] == ["holiday.jpg"]


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(RunDirectoryError, match="cannot be written"),
        opened(tmp_path / "file" / "run", CONFIGURATION),
    ):
        pass


def test_a_full_disk_leaves_what_was_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with opened(tmp_path, CONFIGURATION) as directory:
        directory.save(CHECKPOINT, 1, 2, end=False)
        monkeypatch.setattr(torch, "save", full)
        with pytest.raises(RunDirectoryError, match="No space left on device"):
            directory.save(CHECKPOINT, 2, 2, end=True)
        found = directory.load()

    assert found is not None
    assert found[0].epochs_done == 1


@pytest.mark.parametrize("name", ["configuration.json", "state.json"])
@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str, content: str) -> None:
    with opened(tmp_path, CONFIGURATION) as directory:
        directory.save(CHECKPOINT, 1, 2, end=False)
    (tmp_path / name).write_text(content)

    with (
        pytest.raises(RunDirectoryError, match=f"{name}: is damaged"),
        opened(tmp_path, CONFIGURATION) as directory,
    ):
        directory.load()


@pytest.mark.parametrize(
    ("content", "named"),
    [('{"format": 2}', "has format 2, this version reads 1"), ('{"format": 1}', "is damaged")],
)
def test_a_state_that_cannot_be_read_is_named(tmp_path: Path, content: str, named: str) -> None:
    (tmp_path / "state.json").write_text(content)

    with pytest.raises(RunDirectoryError, match=named):
        read_state(tmp_path)
