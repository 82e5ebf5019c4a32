"""Whether promises are kept on labelled queries, as a table for people."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from training.evaluation.coverage import Realised
from training.evaluation.promised import CalibratedCoverage
from training.evaluation.table import Rows, evidence_cell, refusal, threshold_cell


class Verdict(StrEnum):
    """What the realised precision says about a promise.

    Below the promise, `WITHIN_CHANCE` and `BROKEN` are told apart by the 95 % interval of the
    realised precision.
    """

    KEPT = "kept"
    WITHIN_CHANCE = "below, within chance"
    BROKEN = "broken"
    NOTHING_ACCEPTED = "nothing accepted"
    NOTHING_PROMISED = "nothing promised"
    NOT_MEASURED = "not measured"


def verdict(one: CalibratedCoverage) -> Verdict:
    """Return whether the promise is kept on these queries."""
    if not one.automates:
        return Verdict.NOTHING_PROMISED
    if one.realised is None:
        return Verdict.NOT_MEASURED
    precision, target = one.realised.precision, one.promise.target_precision
    if precision is None:
        return Verdict.NOTHING_ACCEPTED
    if precision >= target:
        return Verdict.KEPT
    _, highest = one.realised.precision_interval
    return Verdict.BROKEN if highest < target else Verdict.WITHIN_CHANCE


def kept_table(promises: Sequence[CalibratedCoverage]) -> Rows:
    """Return one row per promise under a header; intervals at 95 %."""
    header = [
        "promised precision",
        "threshold",
        "automation coverage",
        "accepted, errors",
        "realised precision",
        "promise",
    ]
    return [header, *(_row(one) for one in promises)]


def _row(one: CalibratedCoverage) -> list[str]:
    promised = [f"{one.promise.target_precision:.2f}", threshold_cell(one.promise)]
    return [*promised, *_measured(one.realised), verdict(one).value]


def _measured(realised: Realised | None) -> list[str]:
    if realised is None:
        return ["-", "-", "-"]
    return [
        f"{realised.automation_coverage:.3f} {_interval(realised.automation_coverage_interval)}",
        f"{realised.accepted:,}, {realised.errors:,.6g}",
        _precision(realised),
    ]


def groups_table(one: CalibratedCoverage) -> Rows:
    """Return one row per group of a promise by groups, all other queries last, under a header."""
    header = [
        f"group, promised {one.promise.target_precision:.2f}",
        "threshold",
        "calibration: accepted, errors",
        "test: automation coverage",
        "accepted, errors",
        "realised precision",
        "promise",
    ]
    return [header, *(_group(part) for part in one.groups)]


def _group(one: CalibratedCoverage) -> list[str]:
    _, threshold, *others = _row(one)
    if not one.automates:
        threshold = f"none ({refusal(one.promise)})"
    name = one.promise.group or "all others"
    return [name, threshold, evidence_cell(one.promise), *others]


def _precision(realised: Realised) -> str:
    if realised.precision is None:
        return "-"
    return f"{realised.precision:.3f} {_interval(realised.precision_interval)}"


def _interval(bounds: tuple[float, float]) -> str:
    return f"[{bounds[0]:.3f}, {bounds[1]:.3f}]"
