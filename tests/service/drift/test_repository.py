from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine

from service.database.engine import transaction
from service.database.tables import Decision
from service.drift import repository
from service.drift.counts import Counts
from service.drift.repository import TrafficHour, hour_of

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
COUNTS = Counts(3, (1, 0, 2), 30, 4, 1, Counter({Decision.AUTO_ACCEPT: 2, Decision.VERIFIED: 1}))
REPLICAS, TIMES = 4, 25


def _hour(hours: int = 0, bundle_id: str = "b", counts: Counts = COUNTS) -> TrafficHour:
    return TrafficHour(bundle_id, NOON + timedelta(hours=hours), counts)


def _add(engine: Engine, *hours: TrafficHour) -> None:
    with transaction(engine) as connection:
        repository.add(connection, hours)


def _stored(engine: Engine, since: datetime = NOON - timedelta(days=9)) -> list[TrafficHour]:
    with transaction(engine) as connection:
        return repository.of_all_bundles(connection, since)


def test_what_was_added_comes_back(engine: Engine) -> None:
    _add(engine, _hour())
    assert _stored(engine) == [_hour()]


def test_the_same_hour_adds_up(engine: Engine) -> None:
    for _ in range(2):
        _add(engine, _hour())
    assert _stored(engine) == [_hour(counts=COUNTS + COUNTS)]


def test_queries_with_and_without_bins_add_up(engine: Engine) -> None:
    bare = Counts(queries=5, decisions=Counter({Decision.NO_MATCH: 5}))
    for counts in (bare, COUNTS, bare):
        _add(engine, _hour(counts=counts))
    assert _stored(engine) == [_hour(counts=bare + COUNTS + bare)]


def test_bundles_and_hours_stay_apart(engine: Engine) -> None:
    hours = [_hour(-1), _hour(0, "a"), _hour(0, "b"), _hour(1)]
    _add(engine, *reversed(hours))
    assert _stored(engine) == hours
    assert _stored(engine, since=NOON) == hours[1:]
    with transaction(engine) as connection:
        assert repository.of_bundle(connection, "b", NOON) == [hours[2], hours[3]]


def test_nothing_is_added_by_nothing(engine: Engine) -> None:
    _add(engine)
    assert _stored(engine) == []


def test_replicas_that_write_at_once_add_up_and_wait_for_no_one_for_ever(engine: Engine) -> None:
    # Each names the same rows in another order, as replicas between two bundles would.
    rows = [_hour(hours, bundle_id) for hours in (0, 1) for bundle_id in ("a", "b")]

    def replica(turn: int) -> None:
        for _ in range(TIMES):
            _add(engine, *rows[turn:], *rows[:turn])

    with ThreadPoolExecutor(REPLICAS) as replicas:
        list(replicas.map(replica, range(REPLICAS)))
    stored = _stored(engine)
    assert len(stored) == len(rows)
    for hour in stored:
        assert hour.counts.queries == REPLICAS * TIMES * 3
        assert hour.counts.score_counts == (REPLICAS * TIMES, 0, REPLICAS * TIMES * 2)
        assert hour.counts.decisions[Decision.AUTO_ACCEPT] == REPLICAS * TIMES * 2


@pytest.mark.parametrize("offset", [0, 330, -210])  # minutes; not all are whole hours
def test_hours_are_those_of_utc(offset: int) -> None:
    zone = timezone(timedelta(minutes=offset))
    assert hour_of((NOON + timedelta(minutes=59)).astimezone(zone)) == NOON
