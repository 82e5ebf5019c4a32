"""What the webhook endpoints take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AnyHttpUrl, Field
from pydantic_core import PydanticCustomError

from service.database.outbox import EventType
from service.database.tables import DeliveryState
from service.schemas import Body, Read

MAX_LISTED = 200
MAX_URL_LENGTH = 2000


def _plain_url(url: AnyHttpUrl) -> AnyHttpUrl:
    """Refuse what is not sent, and a password, which would be shown to whoever lists webhooks."""
    if url.username or url.password or url.fragment:
        raise PydanticCustomError("invalid_value", "give a URL without user, password and '#'")
    if len(str(url)) > MAX_URL_LENGTH:
        raise PydanticCustomError("value_too_long", "the URL is too long")
    return url


class WebhookCreate(Body):
    url: Annotated[AnyHttpUrl, AfterValidator(_plain_url)]
    types: Annotated[list[EventType], Field(min_length=1, description="What to tell it of")]


class WebhookRead(Read):
    id: UUID
    url: str
    types: list[EventType]
    created_at: datetime
    created_by: str
    attempted_at: datetime | None
    disabled_at: datetime | None = Field(description="Nothing is sent since then")
    disable_reason: str | None


class WebhookCreated(WebhookRead):
    secret: str = Field(description="To verify signatures with; it is never shown again")


class WebhooksRead(Read):
    webhooks: list[WebhookRead]


class DeliveryRead(Read):
    id: UUID
    webhook_id: UUID
    type: EventType
    state: DeliveryState
    attempts: int
    created_at: datetime
    due_at: datetime = Field(description="Of a pending one, when it is tried next")
    delivered_at: datetime | None
    last_status: int | None = Field(description="Of HTTP; null where there was no answer")
    last_error: str | None


class DeliveryPageRead(Read):
    deliveries: list[DeliveryRead]
    next_cursor: str | None = Field(description="null behind the last one")
