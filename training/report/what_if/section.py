"""What the report's page says of other promises; it needs no script."""

from __future__ import annotations

from collections.abc import Mapping

from training.evaluation.pictures.what_if import what_if_picture
from training.evaluation.report import TARGETS
from training.evaluation.table import Rows
from training.evaluation.what_if import (
    QUERIES_A_MONTH,
    SECONDS_A_TASK,
    WhatIf,
    at_confidence,
    review_hours,
)
from training.report.findings import Findings
from training.report.page import Link, Section
from training.report.what_if.page import what_if_page
from training.report.what_if.rows import refusal

PAGE = "what_if.html"
HEADING = "What if another precision were promised?"


def what_if(findings: Findings) -> Section:
    """Return what the stored calibration would promise: picture, table, and the way to the chart.

    The section is empty in findings that are older than it.
    """
    if not findings.what_if:
        return Section(HEADING, ("This run kept no calibration to try other promises on.",))
    rows = at_confidence(findings.what_if, findings.confidence)
    return Section(
        HEADING,
        (
            "What the stored calibration queries would certify with"
            f" {findings.confidence:.0%} confidence, and what that would leave to people at"
            f" {QUERIES_A_MONTH:,} queries a month and {SECONDS_A_TASK:g} seconds a task. The"
            " confidence is that of one promise which was chosen for reasons outside this table.",
        ),
        pictures=(what_if_picture(rows),),
        tables=(what_if_table(rows),),
        links=(Link(PAGE, "The same as an interactive chart, with other confidences and costs"),),
    )


def what_if_files(findings: Findings) -> Mapping[str, bytes]:
    """Return the interactive chart as a file of the report; none without a stored calibration."""
    if not findings.what_if:
        return {}
    table = what_if_table(at_confidence(findings.what_if, findings.confidence))
    page = what_if_page(
        findings.about.title, findings.what_if, findings.target, findings.confidence, table
    )
    return {PAGE: page}


def what_if_table(rows: tuple[WhatIf, ...]) -> Rows:
    """Return one row for each of the precisions that reports look at."""
    header = [
        "promised precision",
        "threshold",
        "calibration: accepted, errors",
        "automated (95 % interval)",
        "right on test (95 % interval)",
        "hours a month",
    ]
    return [header, *(_row(one) for one in rows if one.target_precision in TARGETS)]


def _row(one: WhatIf) -> list[str]:
    hours = f"{review_hours(one.automation_coverage):,.1f}"
    target = f"{one.target_precision:.2f}"
    if not one.is_promised:
        return [target, refusal(one), "-", "0.000", "-", hours]
    low, high = one.automation_coverage_interval
    threshold = "by group" if one.threshold is None else f"{one.threshold:.4f}"
    evidence = f"{one.accepted:,} of {one.calibration_labels:,}, {one.errors:,.4g}"
    share = f"{one.automation_coverage:.3f} [{low:.3f}, {high:.3f}]"
    return [target, threshold, evidence, share, _precision(one), hours]


def _precision(one: WhatIf) -> str:
    if one.precision is None:
        return "-"
    low, high = one.precision_interval
    return f"{one.precision:.3f} [{low:.3f}, {high:.3f}]"
