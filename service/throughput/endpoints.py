"""HTTP of throughput."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from service.access.actor import Scope
from service.access.dependencies import require
from service.problems import Problem
from service.state import State
from service.throughput.schemas import ThroughputRead
from service.throughput.service import read_throughput

router = APIRouter(
    prefix="/v1/reviews",
    tags=["reviews"],
    dependencies=[Depends(require(Scope.ADMIN))],
    responses={code: {"model": Problem} for code in (401, 403, 422, 503)},
)


@router.get("/throughput")
def get_throughput(
    state: State,
    since: Annotated[
        AwareDatetime | None, Query(description="Verdicts given since; else of the last 14 days")
    ] = None,
) -> ThroughputRead:
    """Tell what each person did on each day, and how many hours of work wait."""
    return ThroughputRead.model_validate(read_throughput(state.engine, state.clock, since))
