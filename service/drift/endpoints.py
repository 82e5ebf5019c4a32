"""HTTP of traffic."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from service.access.actor import Scope
from service.access.dependencies import require
from service.drift.schemas import MOST_HOURS, TrafficRead
from service.drift.service import read_traffic
from service.problems import Problem
from service.state import State

router = APIRouter(
    prefix="/v1/traffic",
    tags=["traffic"],
    responses={code: {"model": Problem} for code in (401, 403, 422, 503)},
)


@router.get("", dependencies=[Depends(require(Scope.RECOMMEND))])
def get_traffic(
    state: State, hours: Annotated[int, Query(ge=1, le=MOST_HOURS)] = 24
) -> TrafficRead:
    """Compare the queries of each hour with those that the bundle was made for, without labels.

    The present hour is the last of `hours`.
    """
    return read_traffic(state.engine, state.clock, state.bundles.served.bundle, hours)
