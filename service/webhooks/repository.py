"""Webhooks and their outbox in SQL. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    Connection,
    Row,
    Select,
    Table,
    Uuid,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    null,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy import cast as sql_cast

from service.clock import SqlClock
from service.database.outbox import EventType
from service.database.tables import (
    DeliveryState,
    EventRow,
    ReviewTaskRow,
    WebhookDeliveryRow,
    WebhookRow,
)
from service.webhooks.deliveries import Attempt, Delivery, Happened, Outcome, Webhook

_webhooks = cast("Table", WebhookRow.__table__)
_deliveries = cast("Table", WebhookDeliveryRow.__table__)
_events = cast("Table", EventRow.__table__)
_tasks = cast("Table", ReviewTaskRow.__table__)

TASK = "review_task"  # the subject of events of tasks

_SHOWN = [one for one in _webhooks.c if one.name not in ("secret", "lease_token", "lease_until")]
_NO_LEASE = {"lease_token": null(), "lease_until": null()}
_NOT_DELIVERED = {"delivered_at": null()}


def insert_webhook(
    connection: Connection,
    clock: SqlClock,
    webhook_id: UUID,
    url: str,
    types: Sequence[EventType],
    secret: bytes,
    created_by: str,
) -> Webhook:
    statement = insert(_webhooks).values(
        id=webhook_id,
        url=url,
        types=[one.value for one in types],
        secret=secret,
        created_at=clock(),
        created_by=created_by,
    )
    return _webhook(connection.execute(statement.returning(*_SHOWN)).one())


def lock_webhooks(connection: Connection) -> None:
    """Let one transaction at a time add a webhook, so that their number stays limited."""
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("webhooks", 0))))


def count_webhooks(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(_webhooks)).scalar_one()


def list_webhooks(connection: Connection) -> list[Webhook]:
    """Return all webhooks, oldest first."""
    query = select(*_SHOWN).order_by(_webhooks.c.created_at, _webhooks.c.id)
    return [_webhook(row) for row in connection.execute(query)]


def delete_webhook(connection: Connection, webhook_id: UUID) -> bool:
    """Remove a webhook with its deliveries; return whether there was one."""
    statement = delete(_webhooks).where(_webhooks.c.id == webhook_id)
    return connection.execute(statement).rowcount == 1


def enable_webhook(connection: Connection, webhook_id: UUID) -> Webhook | None:
    """Let a webhook have deliveries again; return it, or None when there is none."""
    change = update(_webhooks).where(_webhooks.c.id == webhook_id)
    statement = change.values(disabled_at=null(), disable_reason=null()).returning(*_SHOWN)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _webhook(row)


def disable_webhook(connection: Connection, clock: SqlClock, webhook_id: UUID, reason: str) -> None:
    """End a webhook until somebody enables it; what waits for it is dead."""
    change = update(_webhooks).where(_webhooks.c.id == webhook_id)
    connection.execute(change.values(disabled_at=clock(), disable_reason=reason))
    waiting = update(_deliveries).where(
        _deliveries.c.webhook_id == webhook_id, _deliveries.c.state == DeliveryState.PENDING
    )
    connection.execute(
        waiting.values(state=DeliveryState.DEAD, last_error="the webhook was disabled")
    )


def list_deliveries(
    connection: Connection,
    limit: int,
    *,
    after: tuple[datetime, UUID] | None,
    state: DeliveryState | None,
    webhook_id: UUID | None,
) -> list[Delivery]:
    """Return up to `limit` deliveries behind a place, newest first."""
    place = tuple_(_deliveries.c.created_at, _deliveries.c.id)
    query = select(_deliveries).limit(limit)
    query = query.order_by(_deliveries.c.created_at.desc(), _deliveries.c.id.desc())
    if after is not None:
        query = query.where(place < tuple_(*after))
    if state is not None:
        query = query.where(_deliveries.c.state == state)
    if webhook_id is not None:
        query = query.where(_deliveries.c.webhook_id == webhook_id)
    return [_delivery(row) for row in connection.execute(query)]


def count_by_state(connection: Connection) -> dict[DeliveryState, int]:
    """Return the number of deliveries in each state that has any."""
    query = select(_deliveries.c.state, func.count()).group_by(_deliveries.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def is_disabled(connection: Connection, delivery_id: UUID) -> bool | None:
    """Return whether the webhook of a delivery is disabled, None when there is no such delivery."""
    query = (
        select(_webhooks.c.disabled_at)
        .join(_deliveries, _deliveries.c.webhook_id == _webhooks.c.id)
        .where(_deliveries.c.id == delivery_id)
        .with_for_update(of=_webhooks)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else row.disabled_at is not None


def retry(connection: Connection, clock: SqlClock, delivery_id: UUID) -> Delivery:
    """Begin with a delivery anew, whatever became of it: it must be there."""
    change = update(_deliveries).where(_deliveries.c.id == delivery_id)
    values = {"state": DeliveryState.PENDING, "attempts": 0, "due_at": clock(), **_NOT_DELIVERED}
    return _delivery(connection.execute(change.values(values).returning(_deliveries)).one())


def forget_delivered(connection: Connection, clock: SqlClock, age: timedelta) -> int:
    """Remove what was delivered longer ago than that; return how many those were."""
    old = _deliveries.c.delivered_at < clock() - age
    return connection.execute(delete(_deliveries).where(old)).rowcount


def take(connection: Connection, clock: SqlClock, lease: timedelta) -> Attempt | None:
    """Lease the webhook that has waited longest with something due; return its oldest delivery.

    Webhooks that another replica is just taking or holds are passed over, so that no two send to
    the same at the same time. The attempt counts from now on, even if this process dies.
    """
    webhook = connection.execute(_next_webhook(clock)).one_or_none()
    if webhook is None:
        return None
    due = _due(clock).where(_deliveries.c.webhook_id == webhook.id)
    chosen = due.order_by(_deliveries.c.due_at, _deliveries.c.id).limit(1)
    row = connection.execute(_with_event(chosen.with_for_update())).one_or_none()
    if row is None:  # taken between the two statements
        return None
    leased = update(_webhooks).where(_webhooks.c.id == webhook.id)
    values = {
        "lease_token": func.gen_random_uuid(),
        "lease_until": clock() + lease,
        "attempted_at": clock(),
    }
    token = connection.execute(
        leased.values(values).returning(_webhooks.c.lease_token)
    ).scalar_one()
    counted = update(_deliveries).where(_deliveries.c.id == row.id)
    connection.execute(counted.values(attempts=row.attempts + 1))
    return _attempt(row, webhook, token)


def finish_delivered(
    connection: Connection, clock: SqlClock, attempt: Attempt, outcome: Outcome
) -> bool:
    """Record that the receiver has the event; return whether the lease was still held."""
    values = {
        "state": DeliveryState.DELIVERED,
        "delivered_at": clock(),
        "last_status": outcome.status,
        "last_error": null(),
    }
    return _finish(connection, attempt, values)


def finish_failed(
    connection: Connection,
    clock: SqlClock,
    attempt: Attempt,
    outcome: Outcome,
    wait: timedelta | None,
) -> bool:
    """Let the next attempt wait, None: there is none. Return whether the lease was still held."""
    values = {"last_status": outcome.status, "last_error": outcome.error}
    if wait is None:
        return _finish(connection, attempt, {**values, "state": DeliveryState.DEAD})
    return _finish(connection, attempt, {**values, "due_at": clock() + wait})


def _finish(connection: Connection, attempt: Attempt, values: dict[str, Any]) -> bool:
    held = and_(
        _webhooks.c.id == attempt.webhook_id, _webhooks.c.lease_token == attempt.lease_token
    )
    released = update(_webhooks).where(held).values(**_NO_LEASE)
    if connection.execute(released).rowcount == 0:
        return False
    change = update(_deliveries).where(_deliveries.c.id == attempt.delivery_id)
    connection.execute(change.values(values))
    return True


def _next_webhook(clock: SqlClock) -> Select[Any]:
    free = or_(_webhooks.c.lease_until.is_(None), _webhooks.c.lease_until <= clock())
    something = exists(_due(clock).where(_deliveries.c.webhook_id == _webhooks.c.id))
    return (
        select(_webhooks.c.id, _webhooks.c.url, _webhooks.c.secret)
        .where(_webhooks.c.disabled_at.is_(None), free, something)
        .order_by(_webhooks.c.attempted_at.nulls_first(), _webhooks.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _due(clock: SqlClock) -> Select[Any]:
    return select(_deliveries).where(
        _deliveries.c.state == DeliveryState.PENDING, _deliveries.c.due_at <= clock()
    )


def _with_event(chosen: Select[Any]) -> Select[Any]:
    one = chosen.cte("chosen")
    task_id = case((_events.c.subject == TASK, sql_cast(_events.c.subject_id, Uuid())))
    return (
        select(
            one.c.id,
            one.c.type,
            one.c.attempts,
            _events.c.at,
            _events.c.subject_id,
            _events.c.actor,
            _events.c.details,
            _tasks.c.source,
            _tasks.c.text,
        )
        .join(_events, _events.c.id == one.c.event_id)
        .outerjoin(_tasks, _tasks.c.id == task_id)
    )


def _attempt(row: Row[Any], webhook: Row[Any], token: UUID) -> Attempt:
    happened = Happened(
        type=EventType(row.type),
        at=row.at,
        subject_id=row.subject_id,
        actor=row.actor,
        details=row.details,
        source=row.source,
        query=row.text,
    )
    return Attempt(
        delivery_id=row.id,
        webhook_id=webhook.id,
        lease_token=token,
        number=row.attempts + 1,
        url=webhook.url,
        secret=bytes(webhook.secret),
        happened=happened,
    )


def _webhook(row: Row[Any]) -> Webhook:
    fields = {one.name: getattr(row, one.name) for one in _SHOWN}
    fields["types"] = tuple(EventType(one) for one in row.types)
    return Webhook(**fields)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        webhook_id=row.webhook_id,
        type=EventType(row.type),
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        due_at=row.due_at,
        delivered_at=row.delivered_at,
        last_status=row.last_status,
        last_error=row.last_error,
    )
