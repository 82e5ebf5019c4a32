"""Make the runs of a comparison for real: each cell of the grid is a whole training."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.bundle.manifest import configuration_digest
from models.index.base import Neighbours
from models.index.ranking import first
from training.compare.cell import GridCell, GridPlan
from training.compare.result import RunResult, Timing, run_result
from training.configuration.grid import Cell
from training.data.dataset import Dataset, digest
from training.data.splits import split_dataset
from training.evaluation.background import background
from training.evaluation.report import CANDIDATES, REACHED, evaluate
from training.evaluation.search import tfidf_answers
from training.evaluation.separation import score_histogram
from training.findings import groups_of, separation_of
from training.loop.step import Step
from training.names import Variant
from training.parts import learnt_parts
from training.pipeline import Stages, train
from training.pipeline_settings import PipelineSettings
from training.reviews.read import Reviews

BASELINE = "TF-IDF"
Answer = Callable[[Dataset, Dataset, int], Neighbours]  # of the test queries, from training


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """The runs over one data set: what is planned, and the settings of each trained cell."""

    plan: GridPlan
    name: str
    dataset: Dataset
    settings: Mapping[str, PipelineSettings]
    reviews: Reviews | None = None


@dataclass(slots=True)
class Stopwatch:
    """How long the steps of a training took, clustering between epochs included."""

    clock: Callable[[], float]
    first: tuple[float, int] | None = None
    last: tuple[float, int] = field(default=(0.0, 0))

    def hear(self, step: Step) -> None:
        """Take in that this step is done."""
        self.last = (self.clock(), step.done_queries)
        self.first = self.first or self.last

    @property
    def timing(self) -> Timing | None:
        """Return time and speed after the first step; None with one step only."""
        if self.first is None or self.last[0] <= self.first[0]:
            return None
        seconds, queries = (now - before for before, now in zip(self.first, self.last, strict=True))
        return Timing(seconds, queries / seconds)


def planned(
    name: str, dataset: Dataset, cells: Sequence[Cell], reviews: Reviews | None = None
) -> Comparison:
    """Return the comparison of these runs, with the baseline that needs no training for each seed.

    All cells have the same data and split, as those of one file of settings do.
    """
    split = cells[0].settings.split.value
    baselines = [
        GridCell(BASELINE, Variant.NONE, seed, configuration_digest({}))
        for seed in dict.fromkeys(cell.seed for cell in cells)
    ]
    trained = [_grid_cell(cell) for cell in cells]
    ordered = [*baselines, *sorted(trained, key=lambda cell: cell.seed)]
    settings = {one.file: cell.settings for one, cell in zip(trained, cells, strict=True)}
    settings |= {one.file: cells[0].settings for one in baselines}
    plan = GridPlan(_digest(dataset, reviews), split, tuple(ordered))
    return Comparison(plan, name, dataset, settings, reviews)


def _digest(dataset: Dataset, reviews: Reviews | None) -> str:
    """Return what changes with anything that is learnt from."""
    if reviews is None:
        return digest(dataset)
    parts = [digest(dataset), *(sha256 for _, sha256 in reviews.sources)]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _grid_cell(cell: Cell) -> GridCell:
    own = configuration_digest(cell.settings.as_dict())
    return GridCell(cell.recipe, cell.variant, cell.seed, own)


def run_cell(
    comparison: Comparison,
    cell: GridCell,
    now: datetime,
    clock: Callable[[], float],
    on_step: Callable[[Step], None],
    stages: Stages | None = None,
) -> RunResult:
    """Return what this run measured on its test queries. `clock` returns seconds."""
    settings = comparison.settings[cell.file]
    if cell.recipe == BASELINE:
        return baseline_result(comparison, cell, tfidf_answers)
    parts, _ = learnt_parts(comparison.dataset, settings, comparison.reviews)
    watch = Stopwatch(clock)

    def hear(step: Step) -> None:
        watch.hear(step)
        on_step(step)

    trained = train(parts, settings, now, hear, stages)
    return run_result(
        cell,
        trained.by_score,
        data=comparison.name,
        data_digest=comparison.plan.data_digest,
        split=comparison.plan.split,
        timing=watch.timing,
        scores=score_histogram(cell.model, separation_of(trained, parts.test)),
        groups=groups_of(trained, parts.test),
        decided=trained.by_decider,
    )


def baseline_result(comparison: Comparison, cell: GridCell, answer: Answer) -> RunResult:
    """Return what a baseline measured: `answer` gives the test queries their best k products."""
    settings = comparison.settings[cell.file]
    parts = split_dataset(comparison.dataset, settings.split, cell.seed, settings.decider_part)
    wide = answer(parts.test, parts.train, REACHED)
    found = first(wide, CANDIDATES)
    known = background(parts.train, settings.evaluation)
    return run_result(
        cell,
        evaluate(cell.model, found, parts.test.relevance, (), known, wide),
        data=comparison.name,
        data_digest=comparison.plan.data_digest,
        split=comparison.plan.split,
    )
