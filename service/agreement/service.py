"""How far people agree: over all, person by person, pair by pair, and by an attribute."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import TypeVar

from sqlalchemy import Engine

from service.agreement.measures import (
    Pair,
    Unit,
    all_pairs,
    cohen_kappa,
    krippendorff_alpha,
    pairs_between,
    pairs_of,
    raw_agreement,
)
from service.agreement.repository import Opinion, comparable_opinions
from service.clock import SqlClock, time_of
from service.database.engine import transaction

Key = TypeVar("Key", str, tuple[str, str])

MOST_OPINIONS = 20_000
MOST_GROUPS = 200  # persons, pairs and values that are shown: those with the most tasks
LAST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far the opinions on some tasks agree; None where a measure is not defined."""

    tasks: int
    opinions: int
    raw: float | None
    alpha: float | None


@dataclass(frozen=True, slots=True)
class ValueReliability(Reliability):
    """That of the tasks with one value of an attribute, None: without it."""

    value: str | None


@dataclass(frozen=True, slots=True)
class PersonAgreement:
    """How far a person agrees with all others together."""

    person: str
    tasks: int
    raw: float | None
    kappa: float | None


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """How far two persons agree on the tasks of which both have an opinion."""

    persons: tuple[str, str]
    tasks: int
    raw: float | None
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """All of it since a time; `more` says that only the newest opinions were looked at."""

    since: datetime
    attribute: str | None
    overall: Reliability
    persons: Sequence[PersonAgreement]
    pairs: Sequence[PairAgreement]
    values: Sequence[ValueReliability]
    more: bool


def read_agreement(
    engine: Engine,
    clock: SqlClock,
    attribute: str | None = None,
    since: datetime | None = None,
    most: int = MOST_OPINIONS,
) -> Agreement:
    """Return how far people agree since a time, the last 90 days unless it is given.

    Raises DatabaseUnavailable.
    """
    with transaction(engine) as connection:
        since = since or time_of(connection, clock) - LAST
        found = comparable_opinions(connection, since, attribute, most + 1)
    more = len(found) > most
    if more:  # the opinions of the last task may not all be among them
        found = [one for one in found if one.task_id != found[-1].task_id]
    units = units_of(found)
    return Agreement(
        since=since,
        attribute=attribute,
        overall=_reliability(units),
        persons=_persons(units),
        pairs=_pairs(units),
        values=[] if attribute is None else _values(found),
        more=more,
    )


def units_of(opinions: Sequence[Opinion]) -> list[Unit]:
    """Return what each person said, task by task."""
    units: defaultdict[Hashable, dict[str, Hashable]] = defaultdict(dict)
    for one in opinions:
        units[one.task_id][one.person] = one.label
    return list(units.values())


def _reliability(units: Sequence[Unit]) -> Reliability:
    return Reliability(
        len(units),
        sum(map(len, units)),
        raw_agreement(all_pairs(units)),
        krippendorff_alpha(units),
    )


def _persons(units: Sequence[Unit]) -> list[PersonAgreement]:
    tasks = Counter(person for unit in units for person in unit)
    return [
        PersonAgreement(person, count, *_of_pairs(pairs_of(units, person)))
        for person, count in _most(tasks)
    ]


def _pairs(units: Sequence[Unit]) -> list[PairAgreement]:
    tasks = Counter(pair for unit in units for pair in combinations(sorted(unit), 2))
    return [
        PairAgreement(persons, count, *_of_pairs(pairs_between(units, *persons)))
        for persons, count in _most(tasks)
    ]


def _values(opinions: Sequence[Opinion]) -> list[ValueReliability]:
    of_value: defaultdict[str | None, list[Opinion]] = defaultdict(list)
    for one in opinions:
        of_value[one.value].append(one)
    found = {value: _reliability(units_of(ones)) for value, ones in of_value.items()}
    shown = sorted(found.items(), key=lambda one: (-one[1].tasks, one[0] or ""))[:MOST_GROUPS]
    return [
        ValueReliability(one.tasks, one.opinions, one.raw, one.alpha, value) for value, one in shown
    ]


def _of_pairs(pairs: Sequence[Pair]) -> tuple[float | None, float | None]:
    return raw_agreement(pairs), cohen_kappa(pairs)


def _most(counts: Counter[Key]) -> list[tuple[Key, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:MOST_GROUPS]
