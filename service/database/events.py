"""The journal: one row for every change of state, in the transaction that makes the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert

from service.clock import SqlClock
from service.database.tables import EventRow


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to which thing, and who did it."""

    subject: str
    subject_id: str
    kind: str
    actor: str
    details: Mapping[str, Any] = field(default_factory=dict)


def record(connection: Connection, clock: SqlClock, events: Sequence[Event]) -> None:
    """Append the events in their order, all at the clock's present time."""
    if not events:
        return
    connection.execute(insert(EventRow).values(at=clock()), [_row(event) for event in events])


def _row(event: Event) -> dict[str, Any]:
    return {
        "subject": event.subject,
        "subject_id": event.subject_id,
        "kind": event.kind,
        "actor": event.actor,
        "details": dict(event.details),
    }
