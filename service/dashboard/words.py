"""The dashboard's sentences."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.thresholds import Promise
from service.database.tables import Decision
from service.promise.status import Part, PromiseState
from service.web.charts.data import shown

STATES = {
    PromiseState.KEPT: "in force",
    PromiseState.TIGHTENED: "tightened",
    PromiseState.STOPPED: "stopped",
    PromiseState.NOT_PROMISED: "not promised",
}


def part_title(part: Part) -> str:
    """Return which answers a promise is about."""
    if part.decision is Decision.NO_MATCH:
        return "No match" if part.group is None else f"No match: {part.group}"
    return part.group or ("All other queries" if part.certified.groups else "All queries")


def part_in_words(part: Part, decides_by: str) -> str:
    """Return what follows from the state of a promise; `decides_by` names what is compared."""
    reach = _reach(part, decides_by)
    match part.state:
        case PromiseState.KEPT:
            return f"Answered without a person {reach}."
        case PromiseState.TIGHTENED:
            return (
                f"Audits spoke against the certified {_number(part.certified.threshold)}. Answered"
                f" without a person only {reach}, until somebody"
                " restores it."
            )
        case PromiseState.STOPPED:
            return (
                f"Audits spoke against the certified {_number(part.certified.threshold)}. All of"
                " these queries go to people, until somebody restores it."
            )
        case PromiseState.NOT_PROMISED:
            return f"The labels do not suffice{_needed(part)}. All of these queries go to people."


def promise_in_words(promise: Promise) -> str:
    """Return what is promised, with its numbers."""
    return (
        f"At least {_plain(promise.target_precision)} of the answers without a person are right,"
        f" with {_plain(promise.confidence)} confidence."
    )


def age(since: datetime, now: datetime) -> str:
    """Return how long ago it was, in the largest unit that fits."""
    passed = max(now - since, timedelta())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = int(passed.total_seconds() // length)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"


def _reach(part: Part, decides_by: str) -> str:
    side = "up to" if part.decision is Decision.NO_MATCH else "from"
    return f"{side} a {decides_by} of {_number(part.threshold)}"


def _needed(part: Part) -> str:
    needed = part.certified.labels_needed
    return "" if needed is None else f": it takes {needed:,} more at least"


def _number(threshold: float | None) -> str:
    return "none" if threshold is None else f"{threshold:.3f}"


def _plain(share: float) -> str:
    return shown(share, "share", 0 if round(share * 100, 6) % 1 == 0 else 1)
