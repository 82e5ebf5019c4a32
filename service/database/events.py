"""The journal: one row for every change of state, in the transaction that makes the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Column, Connection, Integer, Select, Table, func, insert, select

from service.clock import SqlClock
from service.database.outbox import enqueue
from service.database.recordset import as_json, recordset
from service.database.tables import EventRow

SERVICE = "service"  # the actor of what nobody asked for
COMMAND_LINE = "command line"  # the actor of what is done there

_events = cast("Table", EventRow.__table__)
_GIVEN = tuple(_events.c[name] for name in ("subject", "subject_id", "kind", "actor", "details"))


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to which thing, and who did it."""

    subject: str
    subject_id: str
    kind: str
    actor: str
    details: Mapping[str, Any] = field(default_factory=dict)


def record(connection: Connection, clock: SqlClock, events: Sequence[Event]) -> None:
    """Append the events in their order, all at the clock's present time.

    The same statement remembers which webhooks are to be told of them.
    """
    if not events:
        return
    rows = [_row(event, position) for position, event in enumerate(events)]
    connection.execute(_statement(clock), {"happened": as_json(rows)})


@lru_cache(maxsize=8)
def _statement(clock: SqlClock) -> Select[Any]:
    """Return it, made once: building it anew would cost more than running it."""
    position: Column[int] = Column("position", Integer())
    happened = recordset("happened", [*_GIVEN, position])
    rows = select(clock(), *(happened.c[one.name] for one in _GIVEN)).order_by(happened.c.position)
    written = (
        insert(_events)
        .from_select(["at", *(one.name for one in _GIVEN)], rows)
        .returning(_events.c.id, _events.c.subject, _events.c.kind)
        .cte("written")
    )
    return select(func.count()).select_from(written).add_cte(enqueue(written, clock))


def _row(event: Event, position: int) -> dict[str, Any]:
    return {
        "subject": event.subject,
        "subject_id": event.subject_id,
        "kind": event.kind,
        "actor": event.actor,
        "details": dict(event.details),
        "position": position,
    }
