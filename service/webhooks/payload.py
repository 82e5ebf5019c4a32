"""What is sent of an event, and its signature by the Standard Webhooks scheme.

Why a task exists, who holds it and what the model thought stay inside: receivers may be chats that
annotators read, and audits are to be blind. People have pseudonyms.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from standardwebhooks import Webhook as Signer

from service.access.pseudonyms import Pseudonyms
from service.database.events import SERVICE
from service.database.outbox import EventType
from service.webhooks.deliveries import Attempt, Happened

_REVIEW_DETAILS = ("answer", "product_ids", "verdict_id", "stage", "reason")
_PROMISE_DETAILS = (
    "decision",
    "group",
    "target_precision",
    "threshold_before",
    "threshold",
    "audits",
    "errors",
    "precision",
    "upper_bound",
    "reason",
)


def body_of(happened: Happened, pseudonyms: Pseudonyms) -> bytes:
    """Return the JSON body: `type`, `timestamp` and `data`."""
    person = None if happened.actor == SERVICE else pseudonyms.of(happened.actor)
    data = {**_subject(happened), "person": person, **_details(happened)}
    told = {"type": happened.type, "timestamp": happened.at, "data": data}
    return orjson.dumps(told, option=orjson.OPT_UTC_Z)


def headers_of(attempt: Attempt, body: bytes, now: datetime) -> dict[str, str]:
    """Return the three headers; the id is the same in every attempt, the time is not."""
    message_id = message_id_of(attempt.delivery_id)
    signature = Signer(attempt.secret).sign(message_id, now, body.decode())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


def message_id_of(delivery_id: UUID) -> str:
    return f"msg_{delivery_id.hex}"


def _is_of_promise(happened: Happened) -> bool:
    return happened.type in (EventType.PROMISE_BROKEN, EventType.PROMISE_RESTORED)


def _subject(happened: Happened) -> dict[str, Any]:
    if _is_of_promise(happened):
        return {"bundle_id": happened.subject_id}
    return {
        "task_id": happened.subject_id,
        "source": happened.source,
        "query": happened.query,
    }


def _details(happened: Happened) -> dict[str, Any]:
    told = _PROMISE_DETAILS if _is_of_promise(happened) else _REVIEW_DETAILS
    return {name: happened.details[name] for name in told if name in happened.details}
