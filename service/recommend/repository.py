"""SQL of decisions. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Insert, Table, insert, select

from service.clock import SqlClock
from service.database.recordset import as_json, recordset
from service.database.tables import DecisionRow

_decisions = cast("Table", DecisionRow.__table__)
_given = [given for given in _decisions.columns if given.name != "created_at"]


def insert_decisions(
    connection: Connection, clock: SqlClock, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert decisions, given as rows of all columns but `created_at`, in one statement."""
    connection.execute(_insert(clock), {"rows": as_json(rows)})


@lru_cache(maxsize=8)
def _insert(clock: SqlClock) -> Insert:
    """Return the statement; building it anew would cost more than running it."""
    rows = recordset("rows", _given)
    chosen = select(*(rows.c[given.name] for given in _given), clock())
    names = [*(given.name for given in _given), "created_at"]
    return insert(_decisions).from_select(names, chosen)
