from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from models.bundle.bundle import Bundle
from service.database.engine import transaction
from service.database.tables import Decision
from service.drift import recorder as module
from service.drift import repository
from service.drift.counts import Seen
from service.drift.recorder import FLUSH_SECONDS, TrafficRecorder
from service.errors import DatabaseUnavailable
from tests.models.drift.references import small_reference
from tests.service.conftest import FakeClock
from tests.service.drift.bundles import publish_small

SEEN = Seen("apple", 0.9, Decision.AUTO_ACCEPT)


class Time:
    """The clocks of the process and of the database, which go on together."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds
        self.clock.advance(seconds)


@pytest.fixture
def time(clock: FakeClock) -> Time:
    return Time(clock)


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return publish_small(tmp_path, small_reference("apple"))


@pytest.fixture
def recorder(time: Time) -> TrafficRecorder:
    return TrafficRecorder(time)


def flush(
    recorder: TrafficRecorder, engine: Engine, clock: FakeClock, *, fail: bool = False
) -> None:
    with recorder.flushing(clock) as write, transaction(engine) as connection:
        write(connection)
        if fail:
            raise ValueError("late")


def stored(engine: Engine, clock: FakeClock) -> dict[int, int]:
    """Return the queries by the hours since noon."""
    with transaction(engine) as connection:
        found = repository.of_all_bundles(connection, FakeClock().now - timedelta(days=2))
    return {
        int((one.hour - FakeClock().now) / timedelta(hours=1)): one.counts.queries for one in found
    }


def test_counts_are_written_every_few_seconds(
    recorder: TrafficRecorder, engine: Engine, time: Time, bundle: Bundle
) -> None:
    recorder.add(bundle, [SEEN])
    time.pass_by(FLUSH_SECONDS - 1)
    flush(recorder, engine, time.clock)
    assert stored(engine, time.clock) == {}
    time.pass_by(1)
    recorder.add(bundle, [SEEN, SEEN])
    flush(recorder, engine, time.clock)
    assert stored(engine, time.clock) == {0: 3}


def test_what_was_written_is_not_written_again(
    recorder: TrafficRecorder, engine: Engine, time: Time, bundle: Bundle
) -> None:
    recorder.add(bundle, [SEEN])
    for _ in range(3):
        time.pass_by(FLUSH_SECONDS)
        flush(recorder, engine, time.clock)
    assert stored(engine, time.clock) == {0: 1}


def test_a_transaction_that_fails_loses_nothing(
    recorder: TrafficRecorder, engine: Engine, time: Time, bundle: Bundle
) -> None:
    recorder.add(bundle, [SEEN])
    time.pass_by(FLUSH_SECONDS)
    with pytest.raises(ValueError, match="late"):
        flush(recorder, engine, time.clock, fail=True)
    assert stored(engine, time.clock) == {}
    flush(recorder, engine, time.clock)
    assert stored(engine, time.clock) == {0: 1}


def test_queries_of_an_outage_come_to_their_own_hours(
    recorder: TrafficRecorder, engine: Engine, time: Time, bundle: Bundle
) -> None:
    time.pass_by(30 * 60)
    for _ in range(3):  # half past 12, 13 and 14
        recorder.add(bundle, [SEEN])
        time.pass_by(60 * 60)
    flush(recorder, engine, time.clock)
    assert stored(engine, time.clock) == {0: 1, 1: 1, 2: 1}


def test_hours_are_the_databases_even_if_the_process_has_another_time(
    recorder: TrafficRecorder, engine: Engine, time: Time, bundle: Bundle
) -> None:
    recorder.add(bundle, [SEEN])
    time.clock.advance(3 * 3600)  # of the database alone
    time.seconds += FLUSH_SECONDS
    flush(recorder, engine, time.clock)
    assert stored(engine, time.clock) == {2: 1}  # five seconds before 15:00


def test_an_outage_keeps_so_much_and_says_what_it_loses(
    recorder: TrafficRecorder,
    engine: Engine,
    time: Time,
    bundle: Bundle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_SPANS", 2)
    with capture_logs() as lines:
        for queries in (1, 2, 3):
            recorder.add(bundle, [SEEN] * queries)
            time.pass_by(3600)
    lost = [line for line in lines if line["event"] == "traffic_lost"]
    assert [(line["queries"], line["log_level"]) for line in lost] == [(1, "warning")]
    flush(recorder, engine, time.clock)
    assert stored(engine, time.clock) == {1: 2, 2: 3}


def test_the_end_writes_what_is_left(
    recorder: TrafficRecorder, engine: Engine, time: Time, bundle: Bundle
) -> None:
    recorder.add(bundle, [SEEN])
    recorder.close(engine, time.clock)
    assert stored(engine, time.clock) == {0: 1}
    recorder.close(engine, time.clock)
    assert stored(engine, time.clock) == {0: 1}


def test_an_end_without_a_database_says_what_is_lost(
    recorder: TrafficRecorder,
    stoppable_database: tuple[Engine, Callable[[], None]],
    time: Time,
    bundle: Bundle,
) -> None:
    engine, stop = stoppable_database
    recorder.add(bundle, [SEEN] * 4)
    stop()
    with capture_logs() as lines:
        recorder.close(engine, time.clock)
    assert [line["queries"] for line in lines if line["event"] == "traffic_lost"] == [4]
    time.pass_by(FLUSH_SECONDS)
    with pytest.raises(DatabaseUnavailable):
        flush(recorder, engine, time.clock)


def test_no_queries_are_nothing_to_count(
    recorder: TrafficRecorder, engine: Engine, time: Time, bundle: Bundle
) -> None:
    recorder.add(bundle, [])
    recorder.close(engine, time.clock)
    assert stored(engine, time.clock) == {}
