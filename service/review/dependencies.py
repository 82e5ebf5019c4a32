"""The review queue of the running app, for endpoints."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, FastAPI, Request

from service.review.reading import QueueReader
from service.review.service import ReviewQueue
from service.rulings.service import RulingKeeper
from service.state import State

ProductLookup = Callable[[str], bool]


def connect_catalogue(app: FastAPI, has_product: ProductLookup) -> None:
    """Say how the app finds out whether its current catalogue has a product id."""
    app.state.has_product = has_product


async def get_queue(request: Request, state: State) -> ReviewQueue:
    """Return the queue; asynchronous so that it needs no thread."""
    return ReviewQueue(
        engine=state.engine,
        clock=state.clock,
        has_product=request.app.state.has_product,
        # The rulings first: of their locks and those of the promise one order is kept.
        listeners=(RulingKeeper(state.clock), state.watcher),
        new_id=uuid4,
        undo_within=timedelta(minutes=state.settings.undo_minutes),
        opening=state.opening,
        several_products=state.settings.several_products,
        lease_min_seconds=state.settings.lease_min_seconds,
        lease_max_seconds=state.settings.lease_max_seconds,
    )


async def get_reader(state: State) -> QueueReader:
    """Return what shows the queue; asynchronous so that it needs no thread."""
    return QueueReader(state.engine, state.clock)


Queue = Annotated[ReviewQueue, Depends(get_queue)]
Reader = Annotated[QueueReader, Depends(get_reader)]
