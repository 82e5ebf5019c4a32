"""Which events webhooks are told of, and how that is remembered in the event's transaction."""

from __future__ import annotations

import enum
from typing import cast

from sqlalchemy import CTE, Integer, Table, Text, and_, any_, column, func, insert, literal, select
from sqlalchemy import values as sql_values

from service.clock import SqlClock
from service.database.tables import DeliveryState, WebhookDeliveryRow, WebhookRow

_webhooks = cast("Table", WebhookRow.__table__)
_deliveries = cast("Table", WebhookDeliveryRow.__table__)


class EventType(enum.StrEnum):
    """What a webhook can be told of."""

    REVIEW_ANSWERED = "review.answered"
    REVIEW_ADJUDICATE = "review.adjudicate"
    REVIEW_REOPENED = "review.reopened"
    REVIEW_CLOSED = "review.closed"
    PROMISE_BROKEN = "promise.broken"
    PROMISE_RESTORED = "promise.restored"


TYPE_OF = {
    ("review_task", "answered"): EventType.REVIEW_ANSWERED,
    ("review_task", "adjudication_wanted"): EventType.REVIEW_ADJUDICATE,
    ("review_task", "reopened"): EventType.REVIEW_REOPENED,
    ("review_task", "undone"): EventType.REVIEW_REOPENED,
    ("review_task", "closed"): EventType.REVIEW_CLOSED,
    ("promise", "breached"): EventType.PROMISE_BROKEN,
    ("promise", "restored"): EventType.PROMISE_RESTORED,
}
"""By subject and kind of the event; all others stay inside."""

_TYPES = (
    sql_values(column("subject", Text()), column("kind", Text()), column("type", Text()))
    .data([(subject, kind, told.value) for (subject, kind), told in TYPE_OF.items()])
    .alias("types")
)


def enqueue(written: CTE, clock: SqlClock) -> CTE:
    """Return an insert of a delivery for each webhook that one of these new events is for.

    `written` has `id`, `subject` and `kind` of the events. A webhook that is disabled gets none.
    """
    wanted = and_(_webhooks.c.disabled_at.is_(None), _TYPES.c.type == any_(_webhooks.c.types))
    same = and_(_TYPES.c.subject == written.c.subject, _TYPES.c.kind == written.c.kind)
    rows = (
        select(
            func.gen_random_uuid(),
            _webhooks.c.id,
            written.c.id,
            _TYPES.c.type,
            literal(DeliveryState.PENDING, _deliveries.c.state.type),
            literal(0, Integer()),
            clock(),
            clock(),
        )
        .select_from(written)
        .join(_TYPES, same)
        .join(_webhooks, wanted)
        .order_by(written.c.id)
    )
    names = ["id", "webhook_id", "event_id", "type", "state", "attempts", "created_at", "due_at"]
    return insert(_deliveries).from_select(names, rows).cte("enqueued")
