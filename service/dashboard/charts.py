"""The dashboard's charts, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from service.dashboard.reading import Dashboard, Step
from service.dashboard.repository import Audited
from service.dashboard.words import part_title
from service.database.tables import Decision
from service.drift.counts import Counts
from service.promise.status import Part
from service.web.charts.data import Chart, Level, Series, Values

MOST_AUDITED = 6
# Lewis (1994), Siddiqi (2006): docs/method.md, Drift without labels.
SOME_DRIFT, MUCH_DRIFT = 0.1, 0.25

AUTOMATIC = (Decision.AUTO_ACCEPT, Decision.NO_MATCH)
BY_MODEL = (*AUTOMATIC, Decision.MANUAL_REVIEW)


def automation_coverage(counts: Counts) -> float | None:
    """Return the share of what the model decided that needed no person."""
    return _share(counts, AUTOMATIC, BY_MODEL)


def trigger_rate(counts: Counts) -> float | None:
    """Return the share of all queries that were sent to people."""
    return _share(counts, (Decision.MANUAL_REVIEW,), tuple(Decision))


def automation_charts(board: Dashboard) -> list[Chart]:
    """Return what was answered how, over time."""
    return [
        Chart(
            name="coverage",
            title="Automation coverage",
            note="Share of the model's decisions that needed no person.",
            times=board.times,
            unit="share",
            lines=(_series("answered without a person", "first", board, _coverage),),
            high=1.0,
        ),
        Chart(
            name="trigger-rate",
            title="Sent to people",
            note="Share of all queries that became a task.",
            times=board.times,
            unit="share",
            lines=(_series("sent to people", "second", board, _triggered),),
        ),
        Chart(
            name="queries",
            title="Queries",
            note=f"By what was decided, per {board.period.step_in_words}.",
            times=board.times,
            unit="count",
            bars=(
                _series("without a person", "first", board, _counted(*AUTOMATIC)),
                _series("from an earlier verdict", "third", board, _counted(Decision.VERIFIED)),
                _series("sent to people", "second", board, _counted(Decision.MANUAL_REVIEW)),
            ),
        ),
    ]


def promise_charts(board: Dashboard) -> list[Chart]:
    """Return a chart for each part that was audited, those with most audits first."""
    found = [(part, audits_of(board, part)) for part in board.status.parts]
    found.sort(key=lambda one: -max((audit.audits for audit in one[1]), default=0))
    return [
        _promise_chart(board, part, audits, place)
        for place, (part, audits) in enumerate(found[:MOST_AUDITED])
        if audits
    ]


def audits_of(board: Dashboard, part: Part) -> list[Audited]:
    """Return what audits have shown of a part, oldest first."""
    return [
        one
        for one in board.audited
        if (one.decision, one.group) == (part.decision, part.certified.group)
    ]


def traffic_charts(board: Dashboard) -> list[Chart]:
    """Return how far queries are from those that the bundle was made for; none without those."""
    reference = board.reference
    if reference is None:
        return []
    return [
        Chart(
            name="score-drift",
            title="Drift of the scores",
            note="Population stability index. What lies in the grey is chance: too few queries to"
            " tell.",
            times=board.times,
            unit="index",
            lines=(_series("index", "first", board, lambda step: step.drift.psi),),
            band=_series("chance", "noise", board, _noise),
            levels=(Level("some", SOME_DRIFT), Level("look at it", MUCH_DRIFT)),
        ),
        Chart(
            name="unseen-ngrams",
            title="Unseen n-grams",
            note="Share of three-letter pieces that no training text has.",
            times=board.times,
            unit="share",
            lines=(_series("unseen", "first", board, lambda step: step.drift.unseen_ngrams),),
            levels=(Level("in training", reference.unseen_ngrams),),
        ),
        Chart(
            name="truncated",
            title="Texts that are cut",
            note="Share of queries whose end the encoder does not read.",
            times=board.times,
            unit="share",
            lines=(_series("cut", "first", board, lambda step: step.drift.truncated),),
            levels=(Level("in training", reference.truncated),),
        ),
    ]


def _promise_chart(board: Dashboard, part: Part, audits: Sequence[Audited], place: int) -> Chart:
    target = part.certified.target_precision
    held = [_holding(audits, time + board.period.step, board) for time in board.times]
    return Chart(
        name=f"audited-{place}",
        title=part_title(part),
        note="Precision that audits show, and what it is at least, at all times at once.",
        times=board.times,
        unit="share",
        lines=(
            Series("audited precision", _values(held, lambda one: one.precision), "first"),
            Series("at least", _values(held, lambda one: one.lower_bound), "bound"),
        ),
        levels=(Level("promised", target),),
        low=None,
        high=1.0,
    )


def _holding(audits: Iterable[Audited], end: datetime, board: Dashboard) -> Audited | None:
    """Return what was known at the end of a step, of the threshold that was watched then."""
    known_by = min(end, board.audited_until)
    known = [one for one in audits if one.at < known_by]
    if not known or (known[-1].ended_at or known_by) < known_by:
        return None
    return known[-1]


def _coverage(step: Step) -> float | None:
    return automation_coverage(step.counts)


def _triggered(step: Step) -> float | None:
    return trigger_rate(step.counts)


def _noise(step: Step) -> float | None:
    return None if step.drift.noise is None else step.drift.noise.upper


def _counted(*decisions: Decision) -> Callable[[Step], float | None]:
    return lambda step: float(sum(step.counts.decisions[one] for one in decisions))


def _series(
    name: str, look: str, board: Dashboard, value: Callable[[Step], float | None]
) -> Series:
    return Series(name, tuple(value(step) for step in board.steps), look)


def _values(held: Iterable[Audited | None], value: Callable[[Audited], float | None]) -> Values:
    return tuple(None if one is None else value(one) for one in held)


def _share(counts: Counts, part: Sequence[Decision], whole: Sequence[Decision]) -> float | None:
    queries = sum(counts.decisions[decision] for decision in whole)
    return sum(counts.decisions[decision] for decision in part) / queries if queries else None
