from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from models.bundle.bundle import Bundle
from models.errors import BundleError
from service.dashboard.period import period_named
from service.dashboard.reading import NOTHING, read_dashboard
from service.database.engine import transaction
from service.database.tables import Decision
from service.drift import repository
from service.drift.counts import Counts
from service.drift.measures import drift_of
from service.drift.repository import HOUR, TrafficHour, hour_of
from service.promise.status import PromiseState
from tests.service.conftest import FakeClock
from tests.service.dashboard.boards import NOW, REFERENCE, board_of
from tests.service.dashboard.history import Watched, add_tasks, add_watches
from tests.service.promise.promises import TARGET

COUNTS = Counts(4, (1, 0, 0, 0, 0, 0, 0, 0, 0, 3), 40, 4, 1, Counter({Decision.AUTO_ACCEPT: 4}))
OTHER = Counts(6, (), 0, 0, 0, Counter({Decision.MANUAL_REVIEW: 6}))


def add(engine: Engine, bundle_id: str, hours_ago: int, counts: Counts) -> None:
    with transaction(engine) as connection:
        hour = hour_of(NOW) - hours_ago * HOUR
        repository.add(connection, [TrafficHour(bundle_id, hour, counts)])


def test_decisions_are_those_of_all_bundles_and_drift_that_of_one(
    engine: Engine, bundle: Bundle
) -> None:
    add(engine, bundle.bundle_id, 1, COUNTS)
    add(engine, "older", 1, OTHER)
    step = board_of(engine, bundle).steps[-2]
    assert step.start == hour_of(NOW) - HOUR
    assert step.counts.decisions == COUNTS.decisions + OTHER.decisions
    assert step.drift == drift_of(COUNTS, REFERENCE)


def test_a_step_has_all_of_its_hours(engine: Engine, bundle: Bundle) -> None:
    for hours_ago in (0, 2, 3, 24 * 6, 24 * 8):  # 14:00, 12:00, 11:00, and beyond a week
        add(engine, bundle.bundle_id, hours_ago, COUNTS)
    board = board_of(engine, bundle, "week")
    queries = {step.start: step.counts.queries for step in board.steps if step.counts.queries}
    noon = datetime(2026, 11, 26, 12, tzinfo=NOW.tzinfo)
    assert queries == {noon: 8, noon - 6 * HOUR: 4, noon - 144 * HOUR: 4}
    assert board.counts.queries == 16
    assert board.steps[-1].drift == drift_of(COUNTS + COUNTS, REFERENCE)


def test_steps_without_a_query_are_there(engine: Engine, bundle: Bundle) -> None:
    board = board_of(engine, bundle)
    assert len(board.steps) == len(board.times) == 24
    assert board.counts == Counts()
    assert board.steps[0].drift.psi is None


def test_a_bundle_without_a_reference_has_no_drift(engine: Engine, bundle: Bundle) -> None:
    add(engine, bundle.bundle_id, 0, COUNTS)
    board = board_of(engine, replace(bundle, reference=None))
    assert board.steps[-1].drift == NOTHING
    assert board.steps[-1].counts.queries == 4


def test_audits_of_the_present_hour_are_not_told(engine: Engine, bundle: Bundle) -> None:
    """Whoever sees the count rise after an answer knows that the task was an audit."""
    start = hour_of(NOW) - timedelta(minutes=30)
    add_watches(engine, bundle, Watched(None, 0.871, 6, 1.0, start, timedelta(minutes=10)))
    board = board_of(engine, bundle)
    assert board.audited_until == hour_of(NOW)
    assert [one.audits for one in board.audited] == [2]
    assert all(part.live is None for part in board.status.parts)


def test_the_state_is_that_of_this_moment(engine: Engine, bundle: Bundle) -> None:
    assert board_of(engine, bundle).status.state is PromiseState.KEPT
    broken = Watched("phones", 0.842, 3, 0.0, NOW - timedelta(minutes=9), timedelta(minutes=1))
    add_watches(engine, bundle, replace(broken, broken=True))
    board = board_of(engine, bundle)
    assert board.status.state is PromiseState.STOPPED
    states = {part.group: part.state for part in board.status.parts}
    assert states["phones"] is PromiseState.STOPPED
    assert states["fridges"] is PromiseState.KEPT


def test_the_queue_is_that_of_this_moment(engine: Engine, bundle: Bundle) -> None:
    add_tasks(engine, NOW, (0.1, 200))
    board = board_of(engine, bundle)
    assert board.waiting.by_age == (1, 0, 0, 0, 0, 1)
    assert board.decides_by == "score"


def test_a_target_that_the_bundle_lacks_is_refused(engine: Engine, bundle: Bundle) -> None:
    with pytest.raises(BundleError, match=r"no promise for a target precision of 0\.5"):
        read_dashboard(engine, FakeClock(NOW), bundle, 0.5, period_named("day"))
    assert TARGET in {promise.target_precision for promise in bundle.promises}
