from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training.loop.runs import SETTINGS, run, stopped
from training.loop.journal import journal
from training.loop.step import Step
from training.losses.parts import LossTensors


def step(number: int, base: float = 0.5) -> Step:
    return Step(
        epoch=1,
        step=number,
        steps=400,
        queries=64,
        done_queries=64 * number,
        total_queries=64 * 400,
        losses=LossTensors(torch.tensor(base), active_positives=torch.tensor(7)),
        queries_per_second=1_000.0,
        seconds_left=20.0,
        cut_texts=0.25,
    )


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_step_has_losses_counts_speed_and_time(tmp_path: Path) -> None:
    ticks = count(100, 2)
    with journal(tmp_path / "progress.jsonl", lambda: float(next(ticks))) as written:
        written.step(step(1), steps_per_epoch=4)

    assert lines(tmp_path / "progress.jsonl") == [
        {
            "event": "step",
            "seconds": 2.0,
            "epoch": 1,
            "step": 1,
            "steps": 400,
            "done_queries": 64,
            "total_queries": 25_600,
            "base": 0.5,
            "tcm": None,
            "active_positives": 7,
            "active_negatives": None,
            "query_label": None,
            "query_batch": None,
            "queries_per_second": 1_000.0,
            "seconds_left": 20.0,
            "cut_texts": 0.25,
        }
    ]


@pytest.mark.parametrize(
    ("per_epoch", "written_steps"),
    [(4, [1, 2, 3, 4, 5]), (199, [*range(1, 400)]), (400, [*range(4, 401, 4)])],
)
def test_a_long_epoch_has_about_a_hundred_lines(
    tmp_path: Path, per_epoch: int, written_steps: list[int]
) -> None:
    with journal(tmp_path / "progress.jsonl", lambda: 0.0) as written:
        for number in range(1, max(written_steps) + 1):
            written.step(step(number), per_epoch)

    assert [one["step"] for one in lines(tmp_path / "progress.jsonl")] == written_steps


def test_it_is_on_disk_at_once_and_goes_on_after_half_a_line(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    with journal(file, lambda: 0.0) as written:
        written.event("begin")
        assert [one["event"] for one in lines(file)] == ["begin"]
    with file.open("a") as stream:
        stream.write('{"event": "st')

    with journal(file, lambda: 0.0) as written:
        written.event("begin", epochs_done=1)

    assert [one.get("epochs_done") for one in lines(file)] == [None, 1]


def test_no_number_at_all_is_null(tmp_path: Path) -> None:
    with journal(tmp_path / "progress.jsonl", lambda: 0.0) as written:
        written.step(step(1, base=float("nan")), steps_per_epoch=1)

    assert lines(tmp_path / "progress.jsonl")[0]["base"] is None


def test_a_run_writes_its_course_and_appends_when_it_goes_on(tmp_path: Path) -> None:
    run(SETTINGS, run_directory=tmp_path)
    run(SETTINGS, run_directory=tmp_path)

    found = lines(tmp_path / "progress.jsonl")
    epoch = ["step"] * 6 + ["epoch"]
    assert [one["event"] for one in found] == ["begin", *epoch, *epoch, "end", "begin", "end"]
    assert [one["epochs_done"] for one in found if one["event"] == "begin"] == [0, 2]


def test_an_early_stop_writes_what_it_measured_and_the_epoch_it_kept(tmp_path: Path) -> None:
    kept = stopped(run_directory=tmp_path).epoch

    found = lines(tmp_path / "progress.jsonl")
    measured = [(one["coverage"], one["accuracy"]) for one in found if one["event"] == "epoch"]
    assert measured.index(max(measured)) + 1 == kept == found[-1]["epoch"]
