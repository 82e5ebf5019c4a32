"""Progress on the terminal: what is done, how fast, how long it still takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console, RenderableType
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
from rich.table import Column, Table
from rich.text import Text

from training.loop.step import Fold, Step
from training.losses.parts import LossParts

LINES = 20


class RateColumn(ProgressColumn):
    """Units per second."""

    def render(self, task: Task) -> Text:
        """Return the speed of the last steps, or nothing before the first one is done."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} {task.fields['unit']}/s" if speed else "")


class Display(Progress):
    """Bars, and below them the table of the last step, read when it is drawn."""

    last: Step | None = None

    def get_renderables(self) -> Iterable[RenderableType]:
        """Yield the bars and the table."""
        yield self.make_tasks_table(self.tasks)
        if self.last is not None:
            yield step_table(self.last)


@contextmanager
def progress(console: Console) -> Iterator[Display]:
    """Show bars with count, rate and remaining time while the block runs.

    Where there is no terminal, training is told in lines and the bars once, at the end.
    """
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
    with Display(*columns, console=console, expand=True) as bars:
        yield bars


def training_bar(bars: Display) -> Callable[[Step], None]:
    """Return what to call after each step; the first call adds the bar."""
    task: TaskID | None = None

    def on_step(step: Step) -> None:
        nonlocal task
        if task is None:
            # A run that goes on begins where it was.
            before = step.done_queries - step.queries
            task = bars.add_task(
                "training", total=step.total_queries, completed=before, unit="queries", note=""
            )
        bars.update(task, completed=step.done_queries, note=f"epoch {step.epoch}")
        bars.last = step
        if not bars.console.is_terminal and _is_told(step):
            bars.console.print(step_line(step), highlight=False, soft_wrap=True)

    return on_step


def fold_bar(bars: Display) -> Callable[[Step, Fold], None]:
    """Return what to call after each step of a fold's training; the first call adds the bar.

    Where there is no terminal, each fold is told in a line when it begins.
    """
    task: TaskID | None = None

    def on_step(step: Step, fold: Fold) -> None:
        nonlocal task
        if task is None:
            task = bars.add_task("decider", total=None, unit="queries", note="")
        before = fold.number * step.total_queries
        total, done = fold.count * step.total_queries, before + step.done_queries
        bars.update(task, total=total, completed=done, note=str(fold))
        if not bars.console.is_terminal and step.step == 1:
            bars.console.print(f"decider: {fold}", highlight=False)

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


def step_table(step: Step) -> Table:
    """Return the parts of the loss and the pairs that TCM acts on; what is off is left out."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    shown = [*_losses(step.parts), *_pairs(step.parts), *_cut(step)]
    for name, _ in shown:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_row(*(value for _, value in shown))
    return table


def step_line(step: Step) -> str:
    """Return the step in one line."""
    done = f"epoch {step.epoch}  step {step.step}/{step.steps}"
    speed = [f"{step.queries_per_second:,.0f} queries/s"] if step.queries_per_second else []
    left = [f"{timedelta(seconds=round(step.seconds_left))} left"] if step.seconds_left else []
    pairs = [f"{name} {value}" for name, value in (*_pairs(step.parts), *_cut(step))]
    return "  ".join([done, describe(step.parts), *pairs, *speed, *left])


def describe(parts: LossParts) -> str:
    """Return the parts of the loss in one line; what is switched off is left out."""
    return "  ".join(f"{name} {value}" for name, value in _losses(parts))


def _losses(parts: LossParts) -> list[tuple[str, str]]:
    named = {
        "base": parts.base,
        "tcm": parts.tcm,
        "ql": parts.query_label,
        "qb": parts.query_batch,
    }
    return [(name, f"{value:.3f}") for name, value in named.items() if value is not None]


def _pairs(parts: LossParts) -> list[tuple[str, str]]:
    named = {"right pairs": parts.active_positives, "wrong pairs": parts.active_negatives}
    return [(name, f"{value:,}") for name, value in named.items() if value is not None]


def _cut(step: Step) -> list[tuple[str, str]]:
    return [] if step.cut_texts is None else [("cut texts", f"{step.cut_texts:.1%}")]


def _is_told(step: Step) -> bool:
    """Return whether this step passes a twentieth of the run, or is the first."""
    passed = step.step * LINES // step.steps
    return step.step == 1 or passed > (step.step - 1) * LINES // step.steps
