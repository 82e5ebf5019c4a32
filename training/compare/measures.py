"""What is compared: the measures of a run by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from training.compare.result import Decided, RunResult
from training.evaluation.promised import CalibratedCoverage
from training.evaluation.report import RANKS, TARGETS, OracleCoverage

Measured = RunResult | Decided


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that each run has, or None; `digits` after the point, `short` for the terminal."""

    name: str
    value: Callable[[RunResult], float | None]
    digits: int = 3
    short: bool = False


def measures(results: Iterable[RunResult]) -> tuple[Measure, ...]:
    """Return every measure that at least one of the results has, in the order of the table."""
    results = tuple(results)
    targets = sorted({one.promise.target_precision for run in results for one in run.calibrated})
    parts = (*_ranking(), *_oracle(), *_calibrated(targets))
    known = (*map(_by_score, parts), *_others(), *map(_by_decider, parts))
    return tuple(one for one in known if any(one.value(run) is not None for run in results))


def gain_measures() -> tuple[Measure, ...]:
    """Return the measures in which one variant is compared with another, run by run."""
    chosen = ("P@1", "C@1(0.90)", "C@1(0.95)", "area under curve")
    parts = map(_by_score, (*_ranking(), *_oracle()))
    known = {one.name: one for one in (*parts, *_others())}
    return tuple(known[name] for name in chosen)


@dataclass(frozen=True, slots=True)
class _Part:
    """A number that is known of what the score decides, and of what the decider decides."""

    name: str
    value: Callable[[Measured], float | None]
    digits: int = 3
    short: bool = False


def _by_score(part: _Part) -> Measure:
    return Measure(part.name, part.value, part.digits, part.short)


def _by_decider(part: _Part) -> Measure:
    def value(run: RunResult) -> float | None:
        return None if run.decided is None else part.value(run.decided)

    short = part.short and not part.name.startswith(("nDCG", "PSP"))
    return Measure(f"{part.name} decider", value, part.digits, short)


def _ranking() -> list[_Part]:
    parts = (
        ("P", "precision"),
        ("R", "recall"),
        ("nDCG", "ndcg"),
        ("PSP", "propensity_scored_precision"),
    )
    shown = {"P@1", "nDCG@5", "PSP@1"}
    return [
        _Part(f"{name}@{k}", partial(_rank, k=k, part=part), short=f"{name}@{k}" in shown)
        for name, part in parts
        for k in RANKS
    ]


def _oracle() -> list[_Part]:
    found = []
    for target in TARGETS:
        name = f"C@1({target:.2f})"
        short = target in (0.90, 0.95)
        found.append(_Part(name, partial(_oracle_part, target=target, part="coverage"), 3, short))
    for target in TARGETS:
        name = f"C@1/C_max({target:.2f})"
        found.append(_Part(name, partial(_oracle_part, target=target, part="efficiency")))
    return found


def _calibrated(targets: Iterable[float]) -> list[_Part]:
    found = []
    for target in targets:
        short = target == 0.95
        automated = partial(_automated, target=target)
        found.append(_Part(f"promised C@1({target:.2f})", automated, 3, short))
        precision = partial(_realised_precision, target=target)
        found.append(_Part(f"realised precision({target:.2f})", precision, 3, short))
    return found


def _others() -> list[Measure]:
    """Return what is measured of the score alone."""
    return [
        Measure("R@10", lambda run: run.recall_at_10, short=True),
        Measure("R@50", lambda run: run.recall_at_50, short=True),
        Measure("area under curve", lambda run: run.area_under_curve, short=True),
        Measure("OPIS", lambda run: run.opis.value if run.opis else None, 4, short=True),
        Measure("seconds", lambda run: run.timing.training_seconds if run.timing else None, 1),
        Measure(
            "queries/s", lambda run: run.timing.queries_per_second if run.timing else None, 0, True
        ),
    ]


def _rank(run: Measured, k: int, part: str) -> float | None:
    value: float | None
    for one in run.ranking:
        if one.k == k:
            value = getattr(one, part)
            return value
    return None


def _oracle_part(run: Measured, target: float, part: str) -> float | None:
    value: float | None
    one = _of_target(run.oracle, target)
    if one is None:
        return None
    value = getattr(one, part)
    return value


def _of_target(oracle: tuple[OracleCoverage, ...], target: float) -> OracleCoverage | None:
    return next((one for one in oracle if one.target_precision == target), None)


def _promise(run: Measured, target: float) -> CalibratedCoverage | None:
    return next((one for one in run.calibrated if one.promise.target_precision == target), None)


def _automated(run: Measured, target: float) -> float | None:
    """Return what the promised threshold automates: 0 where nothing could be promised."""
    one = _promise(run, target)
    return one.realised.automation_coverage if one and one.realised else None


def _realised_precision(run: Measured, target: float) -> float | None:
    one = _promise(run, target)
    return one.realised.precision if one and one.realised else None
