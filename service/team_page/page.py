"""The team page as what its templates show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from service.agreement.service import Agreement, PairAgreement, PersonAgreement
from service.bulk.actions import Action, Preview, StoredBulk
from service.bulk.schemas import SAMPLE, BulkRequest
from service.dashboard.page import Tile, age_names
from service.dashboard.words import age
from service.database.tables import TaskState
from service.review.summary import WAITING
from service.team_page.reading import LAST_VERDICTS, QueueFigures, Split, TeamBoard
from service.team_page.repository import PastVerdict, titles
from service.team_page.words import (
    ACTIONS,
    STATES,
    counted,
    duration,
    filter_in_words,
    measure,
    said,
)
from service.throughput.repository import PersonDay
from service.throughput.service import HOUR, LAST, Throughput
from service.web.charts.data import shown
from service.web.charts.drawing import moment

MOST_PAIRS = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """A number with its share of the largest in per cent."""

    name: str
    number: str
    percent: float


def page_of(board: TeamBoard) -> dict[str, Any]:
    """Return what the whole page takes."""
    return {
        **queue_of(board),
        "bulks": bulks_of(board.bulks),
        "days": LAST.days,
        "people": _people(board),
        "person_days": [_day(one) for one in board.throughput.days],
        **agreement_of(board.agreement),
        "splits": [_split(one) for one in board.splits],
        "actions": list(ACTIONS.items()),
        "sources": board.sources,
        "assignees": board.assignees,
    }


def queue_of(board: TeamBoard) -> dict[str, Any]:
    """Return what is shown of the queue, which every action changes."""
    figures = board.queue
    return {
        "now": moment(figures.now),
        "tiles": list(_tiles(board)),
        "bars": [
            ("State", _bars((name, figures.states[one]) for one, name in STATES.items())),
            ("Age of what waits", _ages(figures)),
            (
                "Priority of what waits",
                _bars((f"priority {one}", count) for one, count in figures.priorities),
            ),
        ],
    }


def bulks_of(bulks: Sequence[StoredBulk]) -> list[dict[str, Any]]:
    """Return the last bulk actions."""
    return [
        {
            "id": one.id,
            "title": ACTIONS[one.action],
            "filter": filter_in_words(one.chosen_by),
            "tasks": counted(one.tasks, "task"),
            "person": one.person,
            "at": moment(one.created_at),
            "undone": None
            if one.undone_at is None
            else f"undone by {one.undone_by}, {moment(one.undone_at)}",
        }
        for one in bulks
    ]


def preview_of(request: BulkRequest, preview: Preview) -> dict[str, Any]:
    """Return what a preview shows, and the form that applies it."""
    count = len(preview.targets)
    chosen = request.filter
    attributes = [f"{name}={value}" for name, value in (chosen.attributes or {}).items()]
    return {
        "count": count,
        "tasks": counted(count, "task"),
        "open_tasks": counted(preview.open_tasks, "open task"),
        "more": preview.more,
        "accepts": request.action is Action.ACCEPT_BEST_AS_BEFORE,
        "sample": [asdict(one) for one in preview.targets[:SAMPLE]],
        "fields": {
            name: value
            for name, value in {
                "action": request.action.value,
                "source": chosen.source,
                "attribute": next(iter(attributes), None),
                "assigned_to": chosen.assigned_to,
                "reason": request.reason,
                "expected_tasks": count,
            }.items()
            if value is not None
        },
    }


def person_of(name: str, verdicts: Sequence[PastVerdict]) -> dict[str, Any]:
    """Return what is shown of a person's last verdicts."""
    return {
        "name": name,
        "most": len(verdicts) == LAST_VERDICTS,
        "verdicts": [
            {
                "at": moment(one.created_at),
                "text": one.text,
                "said": said(one.answer, one.products),
                "comment": one.comment,
                "seconds": duration(one.seconds),
                "became": _became(one),
            }
            for one in verdicts
        ],
    }


def agreement_of(agreement: Agreement) -> dict[str, Any]:
    """Return what is shown of agreement."""
    pairs = [one for one in agreement.pairs if one.tasks][:MOST_PAIRS]
    return {
        "agreement": agreement,
        "compared": counted(agreement.overall.tasks, "task"),
        "raw": shown(agreement.overall.raw, "share", 0),
        "alpha": measure(agreement.overall.alpha),
        "pairs": [_pair(one) for one in pairs],
        "values": [
            {
                "name": "without it" if one.value is None else one.value,
                "tasks": f"{one.tasks:,}",
                "raw": shown(one.raw, "share", 0),
                "alpha": measure(one.alpha),
            }
            for one in agreement.values
        ],
    }


def _tiles(board: TeamBoard) -> Iterator[Tile]:
    states, waiting = board.queue.states, board.queue.waiting
    tasks = sum(states[one] for one in WAITING)
    oldest = waiting.oldest and f"the oldest for {age(waiting.oldest, board.queue.now)}"
    yield Tile("Waiting", f"{tasks:,}", oldest or "the queue is empty")
    yield _hours_left(board.throughput)
    split = f"{states[TaskState.ADJUDICATE]:,}"
    yield Tile("To adjudicate", split, "people disagree; a third decides")
    compared = counted(board.agreement.overall.tasks, "task")
    yield Tile(
        "Agreement",
        shown(board.agreement.overall.raw, "share", 0),
        f"alpha {measure(board.agreement.overall.alpha)}, {compared} with two opinions",
    )


def _hours_left(throughput: Throughput) -> Tile:
    how = f"{counted(throughput.waiting, 'task')} at {duration(throughput.median_seconds)}"
    left = throughput.hours_left
    seconds = None if left is None else HOUR * left
    if seconds is None:
        how = f"nobody has answered in {LAST.days} days"
    return Tile("Work left", duration(seconds), f"{how}, for one person")


def _ages(figures: QueueFigures) -> list[Bar]:
    return _bars(zip(age_names(), figures.waiting.by_age, strict=True))


def _bars(counts: Iterable[tuple[str, int]]) -> list[Bar]:
    found = list(counts)
    most = max((count for _, count in found), default=0) or 1
    return [Bar(name, f"{count:,}", round(100 * count / most, 1)) for name, count in found]


def _people(board: TeamBoard) -> list[dict[str, Any]]:
    agreed = {one.person: one for one in board.agreement.persons}
    return [
        {
            "person": one.person,
            "numbers": [
                ("answers", f"{one.verdicts:,}"),
                ("median", duration(one.median_seconds)),
                ("unsure", shown(one.unsure_share, "share", 0)),
                ("taken back", f"{one.withdrawn:,}"),
                *_agreed(agreed.get(one.person)),
            ],
        }
        for one in board.throughput.persons
    ]


def _agreed(found: PersonAgreement | None) -> list[tuple[str, str]]:
    raw = None if found is None else found.raw
    kappa = None if found is None else found.kappa
    return [("agrees", shown(raw, "share", 0)), ("kappa", measure(kappa))]


def _day(one: PersonDay) -> list[str]:
    return [
        f"{one.day.day} {one.day:%b}",
        one.person,
        f"{one.verdicts:,}",
        duration(one.median_seconds),
        shown(one.unsure_share, "share", 0),
        f"{one.withdrawn:,}",
        shown(one.agreement, "share", 0),
    ]


def _pair(one: PairAgreement) -> dict[str, str]:
    return {
        "name": " and ".join(one.persons),
        "tasks": f"{one.tasks:,}",
        "raw": shown(one.raw, "share", 0),
        "kappa": measure(one.kappa),
    }


def _split(split: Split) -> dict[str, Any]:
    candidates = [{"product_id": c.product_id, "title": c.title} for c in split.task.candidates]
    return {
        "text": split.task.text,
        "source": split.task.source,
        "held_by": split.task.lease_owner,
        "assigned_to": split.task.assigned_to,
        "opinions": [
            {
                "person": one.person,
                "said": said(one.answer, titles(one.product_ids, candidates)),
                "comment": one.comment,
            }
            for one in split.opinions
        ],
    }


def _became(one: PastVerdict) -> tuple[str, str] | None:
    if one.taken_back:
        return "taken back", "neutral"
    return ("overruled", "warning") if one.overruled else None
