"""The webhooks of the running app, for endpoints."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

from fastapi import Depends

from service.state import State
from service.webhooks.service import Webhooks


async def get_webhooks(state: State) -> Webhooks:
    """Return the rules of webhooks; asynchronous so that it needs no thread."""
    return Webhooks(state.engine, state.clock, uuid4, state.settings.webhook_private_addresses)


WebhookRules = Annotated[Webhooks, Depends(get_webhooks)]
