"""Progress on the terminal: what is done, how fast, how long it still takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column
from rich.text import Text

from training.loop.step import Step
from training.losses.parts import LossParts


class RateColumn(ProgressColumn):
    """Units per second."""

    def render(self, task: Task) -> Text:
        """Return the speed of the last steps, or nothing before the first one is done."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} {task.fields['unit']}/s" if speed else "")


@contextmanager
def progress(console: Console) -> Iterator[Progress]:
    """Show bars with count, rate and remaining time while the block runs."""
    columns = (
        TextColumn("{task.description}", table_column=Column(min_width=17, no_wrap=True)),
        BarColumn(bar_width=10),
        MofNCompleteColumn(table_column=Column(min_width=11, no_wrap=True)),
        RateColumn(table_column=Column(min_width=14, no_wrap=True)),
        TimeRemainingColumn(compact=True, table_column=Column(min_width=5, no_wrap=True)),
        TextColumn("left"),
        # What does not fit is cut here, so that a narrow terminal keeps the other columns.
        TextColumn("{task.fields[note]}", style="dim", table_column=Column(ratio=1, no_wrap=True)),
    )
    with Progress(*columns, console=console, expand=True) as bars:
        yield bars


def training_bar(bars: Progress) -> Callable[[Step], None]:
    """Return what to call after each step; the first call adds the bar."""
    task: TaskID | None = None

    def on_step(step: Step) -> None:
        nonlocal task
        if task is None:
            task = bars.add_task("training", total=None, unit="queries", note="")
        bars.update(task, total=step.total_queries, note=_note(step))
        bars.advance(task, step.queries)

    return on_step


def stage_bar(bars: Progress, name: str, unit: str) -> Callable[[int, int], None]:
    """Return what to call with what is done and of how many; the first call adds the bar."""
    task: TaskID | None = None

    def on_done(done: int, total: int) -> None:
        nonlocal task
        if task is None:
            task = bars.add_task(name, total=total, unit=unit, note="")
        bars.update(task, completed=done)

    return on_done


def _note(step: Step) -> str:
    return f"epoch {step.epoch}  {describe(step.parts)}"


def describe(parts: LossParts) -> str:
    """Return the parts of the loss in one line; what is switched off is left out."""
    named = {
        "base": parts.base,
        "tcm": parts.tcm,
        "ql": parts.query_label,
        "qb": parts.query_batch,
    }
    return "  ".join(f"{name} {value:.3f}" for name, value in named.items() if value is not None)
