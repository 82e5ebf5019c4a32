"""The promise of the running app, for endpoints."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from service.promise.service import PromiseService
from service.state import State


async def get_promise(state: State) -> PromiseService:
    """Return the promise of the bundle that answers; raise NoBundle where there is none."""
    return PromiseService(state.engine, state.bundles.served.bundle, state.watcher)


Promised = Annotated[PromiseService, Depends(get_promise)]
