"""The clock of the database, passed in so that tests decide what time it is.

A clock is hashable, and the expression that it returns is evaluated when a statement is run:
statements that are built once keep it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

SqlClock = Callable[[], ColumnElement[datetime]]


def database_clock() -> ColumnElement[Any]:
    """Return the SQL expression for the database server's present time."""
    return func.clock_timestamp()


def time_of(connection: Connection, clock: SqlClock) -> datetime:
    """Return what the clock says now, in UTC."""
    found: datetime = connection.execute(select(clock())).scalar_one()
    return found.astimezone(UTC)
