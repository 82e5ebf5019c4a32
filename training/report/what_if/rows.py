"""The data of the chart: plain values, one row for each target and confidence."""

from __future__ import annotations

from collections.abc import Sequence

from training.evaluation.what_if import WhatIf

Row = dict[str, float | str | bool | None]


def chart_rows(rows: Sequence[WhatIf]) -> list[Row]:
    """Return one plain row for each; what is not known is None."""
    return [_row(one) for one in rows]


def refusal(one: WhatIf) -> str:
    """Return in few words that nothing can be promised, and why."""
    if one.labels_needed is None:
        return "Cannot promise: precision too low"
    return f"Cannot promise: {one.labels_needed:,} more labels needed"


def _row(one: WhatIf) -> Row:
    coverage_low, coverage_high = one.automation_coverage_interval
    precision_low, precision_high = one.precision_interval
    known = one.precision is not None
    return {
        "target": one.target_precision,
        "confidence": one.confidence,
        "promised": one.is_promised,
        "refusal": "" if one.is_promised else refusal(one),
        "accepted": one.accepted,
        "errors": one.errors,
        "coverage": one.automation_coverage,
        "coverage_low": coverage_low,
        "coverage_high": coverage_high,
        "precision": one.precision,
        "precision_low": precision_low if known else None,
        "precision_high": precision_high if known else None,
    }
