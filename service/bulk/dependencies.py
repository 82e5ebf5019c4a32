"""The bulk actions of the running app, for endpoints."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from service.bulk.service import BulkActions
from service.review.dependencies import Queue


async def get_bulk_actions(queue: Queue) -> BulkActions:
    """Return them; of verdicts the same follows as of those of the queue."""
    return BulkActions(
        engine=queue.engine,
        clock=queue.clock,
        has_product=queue.has_product,
        listeners=queue.listeners,
        new_id=queue.new_id,
        lifetime=queue.opening.lifetime,
    )


Bulk = Annotated[BulkActions, Depends(get_bulk_actions)]
