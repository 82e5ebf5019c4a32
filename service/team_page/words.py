"""The team page's words for times, answers and filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from service.bulk.actions import Action
from service.database.tables import Answer, TaskState
from service.web.charts.data import GAP

STATES = {
    TaskState.OPEN: "open",
    TaskState.LEASED: "being answered",
    TaskState.ADJUDICATE: "to adjudicate",
    TaskState.ANSWERED: "answered",
    TaskState.CLOSED: "closed",
}
ACTIONS = {
    Action.ACCEPT_BEST_AS_BEFORE: "Accept what was accepted before",
    Action.ANSWER_NONE: "Answer \u201cnone\u201d",
}
MINUTE, HOUR = 60, 3600


def duration(seconds: float | None) -> str:
    """Return a time as a person says it, a dash where there is none."""
    if seconds is None:
        return GAP
    if seconds < 10:
        return f"{seconds:.1f}\u00a0s"
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f}\u00a0s"
    if seconds < 2 * HOUR:
        return f"{seconds / MINUTE:.0f}\u00a0min"
    return (
        f"{seconds / HOUR:,.0f}\u00a0h" if seconds >= 10 * HOUR else f"{seconds / HOUR:.1f}\u00a0h"
    )


def measure(value: float | None) -> str:
    """Return kappa or alpha."""
    return GAP if value is None else f"{value:.2f}".replace("-", "\u2212")


def said(answer: Answer, products: Sequence[str]) -> str:
    """Return what somebody answered."""
    match answer:
        case Answer.ACCEPTED:
            return " + ".join(products)
        case Answer.NONE:
            return "none of them"
        case _:
            return answer.value


def filter_in_words(chosen: Mapping[str, Any]) -> str:
    """Return which tasks a stored filter chose."""
    parts = [f"source {chosen['source']}"] if "source" in chosen else []
    parts += [f"{name} = {value}" for name, value in chosen.get("attributes", {}).items()]
    parts += [f"assigned to {chosen['assigned_to']}"] if "assigned_to" in chosen else []
    return ", ".join(parts) or "all sources"


def counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,}\u00a0{one if number == 1 else many or one + 's'}"
