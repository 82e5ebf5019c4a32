"""What a report says about the decider."""

from __future__ import annotations

from models.decider.report import DeciderReport
from training.evaluation.pictures.importance import MOST_SIGNALS, readable
from training.evaluation.reliability import ReliabilityBin
from training.evaluation.table import Rows
from training.report.findings import DeciderFindings, Findings
from training.report.page import Section


def decider(findings: Findings) -> Section:
    """Return what the decider learnt from, by what it decides and whether it says the truth."""
    found = findings.decider
    if found is None:
        return Section("Decider", ("The score of the search decides; no decider was asked for.",))
    if found.reliability is None:
        return Section("Decider", (no_decider(found.report),))
    return Section(
        "Decider",
        (learnt(found), calibration_error(found)),
        tables=(importance_table(found), reliability_table(found.reliability.bins)),
    )


def no_decider(report: DeciderReport) -> str:
    """Return why there is no decider, and what would give one."""
    return (
        f"No decider: {report.learnable:,} of {report.queries:,} queries to learn from have a right"
        f" product among their candidates; {report.needed:,} are needed, {report.missing:,} more."
        " The score of the search decides instead."
    )


def learnt(found: DeciderFindings) -> str:
    """Return from what the decider learnt, and what it can reach."""
    report = found.report
    by = (
        f"each judged with one of {report.folds} encoders, the one that was fitted without it"
        if report.folds
        else "a part of their own, which the encoder did not learn from"
    )
    reached = (
        ""
        if found.recall is None
        else " Of the right products of the test queries,"
        f" {found.recall:.1%} are among them: what is not cannot be answered with."
    )
    return (
        f"The decider judges the {found.candidates:,} best products of the search once more, by"
        f" {len(found.importances)} signals. It learnt {report.trees:,} trees from"
        f" {report.queries:,} queries ({by}); {report.learnable:,} of them have a right product"
        f" among their candidates.{reached}"
    )


def calibration_error(found: DeciderFindings) -> str:
    """Return how far probabilities are from the truth on the test queries."""
    if found.reliability is None:
        return ""
    return (
        "On the test queries, the probability of the best answer and the share that is right"
        f" differ by {found.reliability.expected_calibration_error:.3f} on average (expected"
        " calibration error)."
    )


def importance_table(found: DeciderFindings) -> Rows:
    """Return the most important signals with their shares, under a header."""
    rows = [[readable(one.signal), f"{one.share:.3f}"] for one in found.importances[:MOST_SIGNALS]]
    return [["signal", "share of what the trees gained"], *rows]


def reliability_table(bins: tuple[ReliabilityBin, ...]) -> Rows:
    """Return one row per bin of probabilities, under a header."""
    header = ["probability", "queries", "mean probability", "share right", "95 % interval"]
    return [header, *map(_bin, bins)]


def _bin(one: ReliabilityBin) -> list[str]:
    between = f"{one.lowest:.1f} to {one.highest:.1f}"
    if one.probability is None or one.right is None:
        return [between, "0", "-", "-", "-"]
    low, high = one.interval
    return [
        between,
        f"{one.queries:,}",
        f"{one.probability:.3f}",
        f"{one.right:.3f}",
        f"[{low:.3f}, {high:.3f}]",
    ]
