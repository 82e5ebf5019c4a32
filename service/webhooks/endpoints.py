"""HTTP of webhooks; plain functions, because admins are few and threads suffice."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from service.access.actor import Actor, Scope
from service.access.dependencies import require
from service.database.tables import DeliveryState
from service.problems import Problem
from service.webhooks.dependencies import WebhookRules
from service.webhooks.schemas import (
    MAX_LISTED,
    DeliveryPageRead,
    DeliveryRead,
    WebhookCreate,
    WebhookCreated,
    WebhookRead,
    WebhooksRead,
)

router = APIRouter(
    prefix="/v1/webhooks",
    tags=["webhooks"],
    responses={code: {"model": Problem} for code in (400, 401, 403, 422, 503)},
)

Admin = Annotated[Actor, Depends(require(Scope.ADMIN))]
ForAdmin = Depends(require(Scope.ADMIN))


@router.post("", status_code=status.HTTP_201_CREATED, responses={409: {"model": Problem}})
def create_webhook(body: WebhookCreate, webhooks: WebhookRules, admin: Admin) -> WebhookCreated:
    """Tell a URL of events from now on; the answer has the secret that signs, this once."""
    webhook, secret = webhooks.create(str(body.url), body.types, admin.name)
    shown = WebhookRead.model_validate(webhook).model_dump()
    return WebhookCreated.model_validate({**shown, "secret": secret})


@router.get("", dependencies=[ForAdmin])
def list_webhooks(webhooks: WebhookRules) -> WebhooksRead:
    """List all webhooks, oldest first."""
    return WebhooksRead(webhooks=[WebhookRead.model_validate(one) for one in webhooks.list()])


@router.delete(
    "/{webhook_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={404: {"model": Problem}},
)
def delete_webhook(webhook_id: UUID, webhooks: WebhookRules, admin: Admin) -> None:
    """End a webhook; what waits for it is never sent."""
    webhooks.delete(webhook_id, admin.name)


@router.post("/{webhook_id}/enable", responses={404: {"model": Problem}})
def enable_webhook(webhook_id: UUID, webhooks: WebhookRules, admin: Admin) -> WebhookRead:
    """Tell a webhook of events again after its receiver answered 410."""
    return WebhookRead.model_validate(webhooks.enable(webhook_id, admin.name))


@router.get("/deliveries", dependencies=[ForAdmin])
def list_deliveries(
    webhooks: WebhookRules,
    state: DeliveryState | None = None,
    webhook_id: UUID | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = 50,
) -> DeliveryPageRead:
    """List deliveries, newest first: those that are `dead` are the dead letters."""
    page = webhooks.deliveries(limit, cursor=cursor, state=state, webhook_id=webhook_id)
    deliveries = [DeliveryRead.model_validate(one) for one in page.rows]
    return DeliveryPageRead(deliveries=deliveries, next_cursor=page.next_cursor)


@router.post(
    "/deliveries/{delivery_id}/retry",
    dependencies=[ForAdmin],
    responses={404: {"model": Problem}, 409: {"model": Problem}},
)
def retry_delivery(delivery_id: UUID, webhooks: WebhookRules) -> DeliveryRead:
    """Deliver once more, also what was delivered; the receiver gets the same id again."""
    return DeliveryRead.model_validate(webhooks.retry(delivery_id))
