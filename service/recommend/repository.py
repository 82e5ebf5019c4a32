"""SQL of decisions. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Table

from service.clock import SqlClock
from service.database.recordset import as_json, insert_created
from service.database.tables import DecisionRow

_decisions = cast("Table", DecisionRow.__table__)


def insert_decisions(
    connection: Connection, clock: SqlClock, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert decisions, given as rows of all columns but `created_at`, in one statement."""
    connection.execute(insert_created(_decisions, clock), {"rows": as_json(rows)})
