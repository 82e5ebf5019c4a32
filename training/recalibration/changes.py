"""What a calibration changed, promise by promise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.calibration.record import Unlabelled
from models.thresholds import Promise, accepted
from training.calibration import Calibrated
from training.evaluation.promised import unmeasured
from training.evaluation.table import Rows, evidence_cell, refusal, threshold_cell


def changes_table(before: Sequence[Promise], now: Sequence[Promise], others: Unlabelled) -> Rows:
    """Return one row per new promise beside the one that the parent made, if it made one.

    Automation coverage, before and now, is that of the same unlabelled queries.
    """
    header = [
        "promised precision",
        "confidence",
        "threshold before",
        "threshold now",
        "calibration: accepted, errors",
        "automated before",
        "automated now",
    ]
    known = {one.target_precision: one for one in before}
    return [header, *(_row(known.get(one.target_precision), one, others) for one in now)]


def _row(before: Promise | None, now: Promise, others: Unlabelled) -> list[str]:
    return [
        f"{now.target_precision:.2f}",
        f"{now.confidence:.0%}",
        "-" if before is None else threshold_cell(before),
        threshold_cell(now) if _automates(now) else f"cannot promise ({refusal(now)})",
        evidence_cell(now) if _automates(now) else "-",
        "-" if before is None else f"{automated(before, others):.3f}",
        f"{automated(now, others):.3f}",
    ]


def automated(promise: Promise, others: Unlabelled) -> float:
    """Return the share of the unlabelled queries that the promise accepts."""
    return float(accepted(others.scores[:, np.newaxis], promise, others.groups).mean())


def notes(made: Calibrated) -> list[str]:
    """Return a line about each group, what "no match" came to, and what could not be promised."""
    lines = [line for promise in made.promises for line in _about_groups(promise)]
    if made.no_match is not None:
        lines.append(_about_no_match(made.no_match))
    refused = [one for one in made.promises if not _automates(one)]
    if refused:
        targets = ", ".join(f"{one.target_precision:.2f}" for one in refused)
        lines.append(f"cannot promise {targets}: a service set to it sends everything to people")
    return lines


def _about_groups(promise: Promise) -> list[str]:
    return [
        f"{promise.target_precision:.2f}, {one.group}: "
        + (
            f"not automated ({refusal(one)})"
            if one.threshold is None
            else f"{threshold_cell(one)}, {evidence_cell(one)}"
        )
        for one in promise.groups
    ]


def _about_no_match(promise: Promise) -> str:
    if promise.threshold is None:
        return f"no match: not said ({refusal(promise)})"
    return (
        f"no match: said at {promise.threshold:.4f} or less, with precision"
        f" {promise.target_precision:.2f} ({evidence_cell(promise)})"
    )


def _automates(promise: Promise) -> bool:
    return unmeasured(promise).automates
