from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
import torch
from rich.console import Console

from training.loop.step import Fold, Step
from training.losses.parts import LossParts, LossTensors
from training.progress import describe, fold_bar, progress, stage_bar, step_line, training_bar

LOSSES = LossTensors(
    base=torch.tensor(0.5),
    tcm=torch.tensor(0.25),
    active_positives=torch.tensor(480),
    active_negatives=torch.tensor(1_234),
    query_label=torch.tensor(0.125),
    query_batch=torch.tensor(2.0),
)


def console(*, terminal: bool = True) -> Console:
    """Return a wide terminal, or a file, that is only a text."""
    return Console(file=io.StringIO(), force_terminal=terminal, width=160, color_system=None)


def printed(on: Console) -> str:
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue()


def step(number: int, queries: int = 512, steps: int = 4) -> Step:
    return Step(
        epoch=1,
        step=number,
        steps=steps,
        queries=queries,
        done_queries=512 * (number - 1) + queries,
        total_queries=2_000,
        losses=LOSSES,
    )


def test_each_step_moves_the_bar_by_its_queries() -> None:
    with progress(console()) as bars:
        on_step = training_bar(bars)
        on_step(step(1))
        on_step(step(2, queries=88))

        (task,) = bars.tasks
        assert (task.completed, task.total) == (600, 2_000)


def test_the_line_has_count_rate_remaining_time_and_epoch() -> None:
    terminal = console()
    with progress(terminal) as bars:
        on_step = training_bar(bars)
        for number in range(1, 4):
            on_step(step(number))

    line = [line for line in printed(terminal).splitlines() if "training" in line][-1]
    assert "1536/2000" in line
    assert "queries/s" in line
    assert re.search(r"\d\d:\d\d left", line)
    assert "epoch 1" in line


def test_a_live_table_has_the_losses_and_the_pairs_that_tcm_acts_on() -> None:
    terminal = console()
    with progress(terminal) as bars:
        training_bar(bars)(replace(step(1), cut_texts=0.125))

    shown = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", printed(terminal))
    *_, heading, values = [line for line in shown.splitlines() if line.strip()]
    named = zip(*(re.split(r"\s{2,}", row.strip()) for row in (heading, values)), strict=True)
    assert dict(named) == {
        "base": "0.500",
        "tcm": "0.250",
        "ql": "0.125",
        "qb": "2.000",
        "right pairs": "480",
        "wrong pairs": "1,234",
        "cut texts": "12.5%",
    }


def test_the_numbers_of_a_step_are_read_only_to_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """To read them a GPU has to be waited for."""
    reads = []

    def fetch(losses: LossTensors) -> LossParts:
        reads.append(losses)
        return LossParts(base=1.0)

    monkeypatch.setattr(LossTensors, "fetch", fetch)
    with progress(console(terminal=False)) as bars:
        on_step = training_bar(bars)
        for number in range(1, 1_001):
            on_step(step(number, steps=1_000))

    assert len(reads) < 50


def test_a_run_that_goes_on_begins_where_it_was() -> None:
    with progress(console()) as bars:
        training_bar(bars)(step(3))

        (task,) = bars.tasks
        assert (task.completed, task.total) == (1_536, 2_000)


def test_where_there_is_no_terminal_steps_are_lines() -> None:
    file = console(terminal=False)
    with progress(file) as bars:
        on_step = training_bar(bars)
        for number in range(1, 1_001):
            on_step(step(number, steps=1_000))

    told = [line for line in printed(file).splitlines() if line.startswith("epoch 1  step ")]
    numbers = [int(line.split()[3].partition("/")[0]) for line in told]
    assert numbers == [1, *range(50, 1_001, 50)]


def test_a_line_has_all_that_is_known() -> None:
    known = replace(step(2), queries_per_second=3_210.4, seconds_left=125.2, cut_texts=0.0)

    assert step_line(known) == (
        "epoch 1  step 2/4  base 0.500  tcm 0.250  ql 0.125  qb 2.000"
        "  right pairs 480  wrong pairs 1,234  cut texts 0.0%  3,210 queries/s  0:02:05 left"
    )
    assert step_line(step(2)).endswith("wrong pairs 1,234")


def test_before_the_first_step_there_is_no_rate() -> None:
    terminal = console()
    with progress(terminal) as bars:
        training_bar(bars)

    assert "queries/s" not in printed(terminal)


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


def test_all_folds_are_one_bar_that_says_which_one_is_trained() -> None:
    with progress(console()) as bars:
        on_step = fold_bar(bars)
        on_step(step(1), Fold(0, 3))
        on_step(step(2, queries=88), Fold(1, 3))

        (task,) = bars.tasks
        assert (task.completed, task.total) == (2_000 + 600, 6_000)
        assert task.fields["note"] == "fold 2 of 3"

        last = replace(step(4), done_queries=1_999, total_queries=1_999)
        on_step(last, Fold(2, 3))
        assert task.finished


def test_without_a_terminal_each_fold_is_told_once() -> None:
    file = console(terminal=False)
    with progress(file) as bars:
        on_step = fold_bar(bars)
        for fold in (Fold(0, 2), Fold(1, 2)):
            for number in (1, 2, 3):
                on_step(step(number), fold)

    told = [line for line in printed(file).splitlines() if line.startswith("decider: ")]
    assert told == ["decider: fold 1 of 2", "decider: fold 2 of 2"]
