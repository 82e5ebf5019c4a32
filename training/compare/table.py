"""One table of all models, with mean and standard deviation over seeds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from training.compare.measures import Measure, measures
from training.compare.result import RunResult
from training.evaluation.table import Rows

PLUS_MINUS = "\N{PLUS-MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and sample standard deviation (n - 1) of `count` values; None where they have none."""

    count: int
    mean: float | None
    deviation: float | None

    def shown(self, digits: int) -> str:
        """Return the mean with the deviation, or a dash."""
        if self.mean is None:
            return "-"
        mean = f"{self.mean:.{digits}f}"
        return (
            mean if self.deviation is None else f"{mean} {PLUS_MINUS} {self.deviation:.{digits}f}"
        )


def spread(values: Iterable[float | None]) -> Spread:
    """Return mean and deviation of the values that are known."""
    known = np.array([value for value in values if value is not None])
    return Spread(
        count=len(known),
        mean=float(known.mean()) if len(known) else None,
        deviation=float(known.std(ddof=1)) if len(known) > 1 else None,
    )


def by_model(results: Sequence[RunResult]) -> dict[str, list[RunResult]]:
    """Return the runs of each model, models in the order in which they first come."""
    found: dict[str, list[RunResult]] = {}
    for one in results:
        found.setdefault(one.cell.model, []).append(one)
    return found


def comparison_table(results: Sequence[RunResult]) -> Rows:
    """Return the short measures, one row per model under a header."""
    return measure_table(results, [one for one in measures(results) if one.short])


def measure_table(results: Sequence[RunResult], shown: Sequence[Measure]) -> Rows:
    """Return these measures, one row per model under a header."""
    header = ["", "seeds", *(one.name for one in shown)]
    body = [
        [name, str(len(runs)), *(_cell(runs, measure) for measure in shown)]
        for name, runs in by_model(results).items()
    ]
    return [header, *body]


def comparison_csv(results: Sequence[RunResult]) -> bytes:
    """Return all measures: mean, deviation and number of seeds of each, one row per model.

    A cell is empty where a value is not known; numbers are not rounded.
    """
    shown = measures(results)
    header = ["model", "recipe", "variant", "seeds"]
    header += [f"{one.name} {part}" for one in shown for part in ("mean", "sd", "n")]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    for name, runs in by_model(results).items():
        cell = runs[0].cell
        row: list[object] = [name, cell.recipe, cell.variant.value, len(runs)]
        for measure in shown:
            found = spread(measure.value(run) for run in runs)
            row += [found.mean, found.deviation, found.count]
        writer.writerow(row)
    return buffer.getvalue().encode()


def _cell(runs: Sequence[RunResult], measure: Measure) -> str:
    found = spread(measure.value(run) for run in runs)
    text = found.shown(measure.digits)
    # A measure that only some seeds have (a precision where nothing was accepted) says so.
    return text if found.count in (0, len(runs)) else f"{text} ({found.count} seeds)"
