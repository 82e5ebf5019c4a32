"""What one run of the grid measured, as plain values in a file of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from models.bundle.durable import replace_text
from models.errors import DataError
from training.compare.cell import GridCell
from training.evaluation.bands import precision_on_grid
from training.evaluation.groups import GroupThresholds
from training.evaluation.opis import Opis
from training.evaluation.promised import CalibratedCoverage
from training.evaluation.ranking import RankingAt
from training.evaluation.report import Evaluation, OracleCoverage
from training.evaluation.separation import ScoreHistogram


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the training took, and how many queries it saw in each second of it."""

    training_seconds: float
    queries_per_second: float


@dataclass(frozen=True, slots=True)
class Decided:
    """The same measures where the decider's probability decides."""

    ranking: tuple[RankingAt, ...]
    oracle: tuple[OracleCoverage, ...]
    calibrated: tuple[CalibratedCoverage, ...]
    area_under_curve: float
    opis: Opis | None
    precision: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RunResult:
    """One run: all measures on the test queries by the score, and what its pictures need.

    `precision` is the curve at the shares of `COVERAGE_GRID`. `scores` and `groups` are left out
    where they were not made, and `timing` where nothing was trained.
    """

    cell: GridCell
    data: str
    data_digest: str
    split: str
    queries: int
    answerable: int
    ranking: tuple[RankingAt, ...]
    oracle: tuple[OracleCoverage, ...]
    calibrated: tuple[CalibratedCoverage, ...]
    area_under_curve: float
    opis: Opis | None
    precision: tuple[float, ...]
    timing: Timing | None = None
    scores: ScoreHistogram | None = None
    groups: tuple[GroupThresholds, ...] = ()
    decided: Decided | None = None
    recall_at_10: float | None = None
    recall_at_50: float | None = None


_RESULT = TypeAdapter(RunResult)


def run_result(
    cell: GridCell,
    evaluation: Evaluation,
    *,
    data: str,
    data_digest: str,
    split: str,
    timing: Timing | None = None,
    scores: ScoreHistogram | None = None,
    groups: tuple[GroupThresholds, ...] = (),
    decided: Evaluation | None = None,
) -> RunResult:
    """Return the evaluation of a run with what else is known about it."""
    return RunResult(
        cell=cell,
        data=data,
        data_digest=data_digest,
        split=split,
        queries=evaluation.queries,
        answerable=evaluation.answerable,
        ranking=evaluation.ranking,
        oracle=evaluation.oracle,
        calibrated=evaluation.calibrated,
        area_under_curve=evaluation.area_under_curve,
        opis=evaluation.opis,
        precision=precision_on_grid(evaluation.curve),
        timing=timing,
        scores=scores,
        groups=groups,
        decided=None if decided is None else _decided(decided),
        recall_at_10=evaluation.recall_at_10,
        recall_at_50=evaluation.recall_at_50,
    )


def _decided(evaluation: Evaluation) -> Decided:
    return Decided(
        ranking=evaluation.ranking,
        oracle=evaluation.oracle,
        calibrated=evaluation.calibrated,
        area_under_curve=evaluation.area_under_curve,
        opis=evaluation.opis,
        precision=precision_on_grid(evaluation.curve),
    )


def write_result(result: RunResult, path: Path) -> None:
    """Write the result so that the file is there whole or not at all."""
    replace_text(path, _RESULT.dump_json(result, indent=1).decode() + "\n")


def read_result(path: Path) -> RunResult:
    """Return the result in a file; raise DataError when it cannot be read."""
    try:
        return _RESULT.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DataError(
            f"{path}: is not the result of a run: {error}. Remove it, and the run is made again"
        ) from error
