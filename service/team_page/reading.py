"""All that the team page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from service.agreement.service import Agreement, read_agreement
from service.bulk.actions import StoredBulk
from service.bulk.repository import list_actions
from service.clock import SqlClock, time_of
from service.dashboard.reading import AGES
from service.dashboard.repository import Waiting, waiting
from service.database.engine import transaction
from service.database.tables import TaskState
from service.review.summary import summarise
from service.review.tasks import ReviewTask, StoredVerdict
from service.review.verdicts import current_verdicts
from service.team_page import repository
from service.team_page.repository import PastVerdict
from service.throughput.service import Throughput, read_throughput

MOST_SPLIT = 20  # tasks to adjudicate that are shown
MOST_SOURCES = 100
LAST_BULKS = 10
LAST_VERDICTS = 50


@dataclass(frozen=True, slots=True)
class Split:
    """A task on which people disagree, with what they say."""

    task: ReviewTask
    opinions: Sequence[StoredVerdict]


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """How many tasks there are, by state, and those that wait by age and by priority."""

    now: datetime
    states: Mapping[TaskState, int]
    waiting: Waiting
    priorities: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class TeamBoard:
    """The queue, who works on it and how, and what can be chosen in the forms."""

    queue: QueueFigures
    throughput: Throughput
    agreement: Agreement
    splits: Sequence[Split]
    bulks: Sequence[StoredBulk]
    sources: Sequence[str]
    assignees: Sequence[str]


def read_board(
    engine: Engine, clock: SqlClock, person: str, attribute: str | None = None
) -> TeamBoard:
    """Return all of it for a person who looks. Raises DatabaseUnavailable."""
    throughput = read_throughput(engine, clock)
    agreement = read_agreement(engine, clock, attribute)
    with transaction(engine) as connection:
        people = {one.person for one in throughput.persons}
        people.update(repository.member_names(connection))
        teams = [f"team:{name}" for name in repository.team_names(connection)]
        return TeamBoard(
            queue=_queue(connection, clock, person),
            throughput=throughput,
            agreement=agreement,
            splits=_splits(connection),
            bulks=list_actions(connection, LAST_BULKS),
            sources=repository.sources(connection, MOST_SOURCES),
            assignees=[*teams, *sorted(people)],
        )


def read_person(engine: Engine, person: str) -> list[PastVerdict]:
    """Return a person's last verdicts, newest first. Raises DatabaseUnavailable."""
    with transaction(engine) as connection:
        return repository.last_verdicts(connection, person, LAST_VERDICTS)


def _queue(connection: Connection, clock: SqlClock, person: str) -> QueueFigures:
    present = time_of(connection, clock)
    return QueueFigures(
        present,
        summarise(connection, clock, person).states,
        waiting(connection, present, AGES),
        repository.by_priority(connection),
    )


def _splits(connection: Connection) -> list[Split]:
    found = repository.to_adjudicate(connection, MOST_SPLIT)
    opinions = current_verdicts(connection, [task.id for task in found]) if found else []
    return [Split(task, [one for one in opinions if one.task_id == task.id]) for task in found]
