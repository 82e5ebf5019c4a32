"""HTTP of recommendations."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from service.access.actor import Actor, Scope
from service.access.dependencies import require
from service.errors import ClientGone
from service.recommend.answers import answer_bytes
from service.recommend.decided import Outcome
from service.recommend.jobs import Job, Query
from service.recommend.keys import query_key, text_key
from service.recommend.schemas import RESPONSES, RecommendBody
from service.state import State

router = APIRouter(prefix="/v1/recommendations", tags=["recommendations"])

Caller = Annotated[Actor, Depends(require(Scope.RECOMMEND))]


@router.post("", response_class=Response, responses=RESPONSES)
async def recommend(
    body: RecommendBody, request: Request, state: State, caller: Caller
) -> Response:
    """Match queries with products of the catalogue.

    What the promise covers is under `auto_accepted`; the rest waits for a person as a review
    task, which is stored before this answers. A query that a person has answered before is
    answered from that verdict.
    """
    queries = [
        Query(
            query.id,
            query.text,
            query_key(query.text, caller.name),
            text_key(query.text),
            query.attributes,
            query.priority,
        )
        for query in body.queries
    ]
    alone = state.recommender.waiting == 0
    job = state.recommender.submit(
        state.bundles.served, caller.name, queries, body.k, explain=body.explain
    )
    outcome = await (job.answered if alone else _answered_or_gone(job, request))
    return Response(answer_bytes(job, outcome), media_type="application/json")


async def _answered_or_gone(job: Job, request: Request) -> Outcome:
    """Wait for the outcome; raise ClientGone, and drop the work, when the client hangs up.

    Only a request that has to wait for others is watched: a lone one is soon done.
    """
    watcher = asyncio.create_task(_cancel_when_gone(job, request))
    try:
        return await job.answered
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise ClientGone from None
    finally:
        watcher.cancel()


async def _cancel_when_gone(job: Job, request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    job.answered.cancel()
