"""Senders and events for tests of webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any
from uuid import uuid4

from prometheus_client import CollectorRegistry, Counter
from sqlalchemy import Engine, Row, select

from service.clock import SqlClock
from service.database.engine import transaction
from service.database.events import Event, record
from service.database.outbox import EventType
from service.database.tables import WebhookDeliveryRow
from service.webhooks.addresses import Network
from service.webhooks.deliveries import Webhook
from service.webhooks.metrics import attempts_counter
from service.webhooks.outcomes import Backoff
from service.webhooks.sender import Policy, WebhookSender
from service.webhooks.service import Webhooks

LOOPBACK = (ip_network("127.0.0.0/8"),)
ALL_TYPES = list(EventType)


def rules(engine: Engine, clock: SqlClock, private: Sequence[Network] = LOOPBACK) -> Webhooks:
    return Webhooks(engine, clock, uuid4, private)


def add_webhook(
    engine: Engine, clock: SqlClock, url: str, types: Sequence[EventType] = ALL_TYPES
) -> tuple[Webhook, str]:
    return rules(engine, clock).create(url, types, "root")


def policy(
    *, attempts: int = 3, timeout_seconds: float = 5.0, private: Sequence[Network] = LOOPBACK
) -> Policy:
    return Policy(
        backoff=Backoff(attempts, 10.0, 1000.0, lambda: 0.0),  # waits half as long as it may
        timeout_seconds=timeout_seconds,
        private=private,
        keep=timedelta(days=7),
    )


def sender(
    engine: Engine, clock: SqlClock, told: Policy | None = None, counter: Counter | None = None
) -> WebhookSender:
    return WebhookSender(
        engine,
        clock,
        lambda: datetime.now(UTC),
        told or policy(),
        counter or attempts_counter(CollectorRegistry()),
    )


def happen(engine: Engine, clock: SqlClock, *kinds: str, subject: str = "review_task") -> None:
    """Write such events of something that is no task."""
    events = [
        Event(subject, str(uuid4()), kind, "ann", {"answer": "none", "product_ids": []})
        for kind in kinds
    ]
    with transaction(engine) as connection:
        record(connection, clock, events)


def stored(engine: Engine) -> Sequence[Row[Any]]:
    """Return all deliveries, in the order of their events."""
    with engine.connect() as connection:
        query = select(*WebhookDeliveryRow.__table__.columns).order_by(WebhookDeliveryRow.event_id)
        return connection.execute(query).all()
