"""Is the process alive, and can it answer: two questions for two kinds of supervisor."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from service.checks import failures
from service.problems import problem_response
from service.state import State


class Health(BaseModel):
    status: str


router = APIRouter(tags=["operations"])


@router.get("/livez")
async def livez() -> Health:
    """Tell that the process runs; restart it when this fails."""
    return Health(status="alive")


@router.get("/healthz")
async def healthz() -> Health:
    """Tell the same as /livez, under its older name."""
    return Health(status="alive")


@router.get("/readyz", response_model=Health)
async def readyz(request: Request, state: State) -> Health | Response:
    """Tell that bundle and database answer; send requests elsewhere while this fails."""
    failed = await run_in_threadpool(failures, state.checks)
    if not failed:
        return Health(status="ready")
    detail = "; ".join(failure.detail for failure in failed)
    return problem_response(request.scope, 503, "not_ready", detail, errors=failed)
