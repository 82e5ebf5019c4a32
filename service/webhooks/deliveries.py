"""What the webhook domain works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from service.database.outbox import EventType
from service.database.tables import DeliveryState


@dataclass(frozen=True, slots=True)
class Webhook:
    """A receiver as it is stored, without its secret."""

    id: UUID
    url: str
    types: tuple[EventType, ...]
    created_at: datetime
    created_by: str
    attempted_at: datetime | None
    disabled_at: datetime | None
    disable_reason: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one webhook."""

    id: UUID
    webhook_id: UUID
    type: EventType
    state: DeliveryState
    attempts: int
    created_at: datetime
    due_at: datetime
    delivered_at: datetime | None
    last_status: int | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Happened:
    """The event that is told; `source` and `query` are those of its task, if it has one."""

    type: EventType
    at: datetime
    subject_id: str
    actor: str
    details: Mapping[str, Any]
    source: str | None
    query: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A delivery that this process may try now; `number` is 1 at the first attempt.

    The lease keeps all others from the webhook; what comes after its end changes nothing.
    """

    delivery_id: UUID
    webhook_id: UUID
    lease_token: UUID
    number: int
    url: str
    secret: bytes = field(repr=False)
    happened: Happened


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: the label of the metric, and what the receiver or the network said."""

    name: str
    status: int | None = None
    error: str | None = None
    retry_after_seconds: float = 0.0
