from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine

from service.clock import database_clock, time_of
from service.database.engine import transaction
from tests.service.conftest import FakeClock


def test_the_time_is_what_the_clock_says(engine: Engine, clock: FakeClock) -> None:
    with transaction(engine) as connection:
        assert time_of(connection, clock) == clock.now


def test_the_databases_time_is_in_utc_wherever_the_database_is(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.exec_driver_sql("set local time zone 'Asia/Kolkata'")
        found = time_of(connection, database_clock)
    assert found.tzinfo is UTC
    assert abs((datetime.now(UTC) - found).total_seconds()) < 60
