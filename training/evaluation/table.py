"""The results as tables, for the terminal and for documents."""

from __future__ import annotations

from collections.abc import Sequence

from models.thresholds import Promise
from training.evaluation.promised import CalibratedCoverage, evidence
from training.evaluation.report import Evaluation, OracleCoverage

Rows = list[list[str]]
# Of the targets that are measured, those with a column; the report's JSON has all.
COLUMNS = (0.90, 0.95, 0.98)


def results_table(evaluations: Sequence[Evaluation]) -> Rows:
    """Return P@1, P@5, R@10 and R@50 where they apply, and oracle C@1: a row per model."""
    optional = {
        "P@5": [one.precision_at_5 for one in evaluations],
        "R@10": [one.recall_at_10 for one in evaluations],
        "R@50": [one.recall_at_50 for one in evaluations],
    }
    shown = {
        name: known for name, known in optional.items() if any(one is not None for one in known)
    }
    header = ["", "P@1", *shown, *(f"C@1({target:.2f}) oracle" for target in COLUMNS)]
    return [
        header,
        *(
            _results(one, [known[row] for known in shown.values()])
            for row, one in enumerate(evaluations)
        ),
    ]


def _results(evaluation: Evaluation, optional: Sequence[float | None]) -> list[str]:
    return [
        evaluation.name,
        f"{evaluation.precision_at_1:.3f}",
        *map(_number, optional),
        *(f"{one.coverage:.3f}" for one in shown_oracle(evaluation)),
    ]


def shown_oracle(evaluation: Evaluation) -> tuple[OracleCoverage, ...]:
    """Return the oracle C@1 of the targets in `COLUMNS`."""
    return tuple(one for one in evaluation.oracle if one.target_precision in COLUMNS)


def calibrated_table(evaluation: Evaluation) -> Rows:
    """Return one row per promise: threshold, evidence, and what it did on the test queries."""
    return promises_table(evaluation.calibrated)


def promises_table(promises: Sequence[CalibratedCoverage]) -> Rows:
    """Return the same of these promises."""
    header = [
        "promised precision",
        "threshold",
        "calibration: accepted, errors",
        "test: automation coverage",
        "realised precision",
    ]
    return [header, *(_calibrated(one) for one in promises)]


def _calibrated(one: CalibratedCoverage) -> list[str]:
    promise, realised = one.promise, one.realised
    if not one.automates:
        refused = f"cannot promise ({refusal(promise)})"
        return [f"{promise.target_precision:.2f}", refused, "-", "0.000", "-"]
    return [
        f"{promise.target_precision:.2f}",
        threshold_cell(promise),
        evidence_cell(promise),
        _number(realised.automation_coverage if realised else None),
        _number(realised.precision if realised else None),
    ]


def refusal(promise: Promise) -> str:
    """Return in a few words what a promise that could not be made would need."""
    needed = promise.labels_needed
    return "precision too low" if needed is None else f"{needed:,} more labels needed"


def threshold_cell(promise: Promise) -> str:
    """Return the threshold, or that groups have their own."""
    if promise.groups:
        return "by group"
    return "-" if promise.threshold is None else f"{promise.threshold:.4f}"


def evidence_cell(promise: Promise) -> str:
    """Return the accepted calibration labels of all, and the errors among them."""
    known = evidence(promise)
    return f"{known.accepted:,} of {known.labels:,}, {known.errors:,.6g}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def as_text(rows: Rows) -> str:
    """Return aligned columns, for a terminal."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def as_markdown(rows: Rows) -> str:
    """Return the same as a Markdown table."""
    header, *body = rows
    lines = [header, ["---"] * len(header), *body]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)
