from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from training.loop.step import Step
from training.losses.parts import LossParts
from training.progress import describe, progress, stage_bar, training_bar

PARTS = LossParts(base=0.5, tcm=0.25, query_label=0.125, query_batch=2.0)


def console() -> Console:
    """Return a wide terminal that is only a text."""
    return Console(file=io.StringIO(), force_terminal=True, width=160, color_system=None)


def step(number: int, queries: int = 512, parts: LossParts = PARTS) -> Step:
    return Step(epoch=1, step=number, steps=4, queries=queries, total_queries=2_000, parts=parts)


def test_each_step_moves_the_bar_by_its_queries() -> None:
    with progress(console()) as bars:
        on_step = training_bar(bars)
        on_step(step(1))
        on_step(step(2, queries=88))

        (task,) = bars.tasks
        assert (task.completed, task.total) == (600, 2_000)


def test_the_line_has_count_rate_remaining_time_epoch_and_losses() -> None:
    terminal = console()
    with progress(terminal) as bars:
        on_step = training_bar(bars)
        for number in range(1, 4):
            on_step(step(number))

    assert isinstance(terminal.file, io.StringIO)
    line = [line for line in terminal.file.getvalue().splitlines() if "training" in line][-1]
    assert "1536/2000" in line
    assert "queries/s" in line
    assert re.search(r"\d\d:\d\d left", line)
    assert "epoch 1  base 0.500  tcm 0.250  ql 0.125  qb 2.000" in line


def test_before_the_first_step_there_is_no_rate() -> None:
    terminal = console()
    with progress(terminal) as bars:
        training_bar(bars)

    assert isinstance(terminal.file, io.StringIO)
    assert "queries/s" not in terminal.file.getvalue()


def test_a_stage_has_a_bar_from_its_first_report_on() -> None:
    with progress(console()) as bars:
        on_done = stage_bar(bars, "hashing", "texts")
        assert bars.tasks == []
        on_done(512, 7_062)
        on_done(7_062, 7_062)

        (task,) = bars.tasks
        assert (task.completed, task.total) == (7_062, 7_062)


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (LossParts(base=1.0), "base 1.000"),
        (LossParts(base=1.0, tcm=0.0), "base 1.000  tcm 0.000"),
        (
            LossParts(base=1.0, query_label=0.3, query_batch=0.4),
            "base 1.000  ql 0.300  qb 0.400",
        ),
    ],
)
def test_losses_that_are_switched_off_are_left_out(parts: LossParts, line: str) -> None:
    assert describe(parts) == line
