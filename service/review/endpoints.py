"""HTTP of the review queue; plain functions, because people are slow and threads suffice."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from service.access.actor import Actor, Scope
from service.access.dependencies import require
from service.database.tables import TaskState
from service.problems import Problem
from service.review.dependencies import Queue
from service.review.schemas import (
    MAX_LISTED,
    Claimed,
    ClaimedTask,
    ClaimRequest,
    Lease,
    ReleaseRequest,
    RenewRequest,
    StoredText,
    SubmitRequest,
    TaskHistoryRead,
    TaskPageRead,
    TaskRead,
    VerdictRead,
)

router = APIRouter(
    prefix="/v1/reviews",
    tags=["reviews"],
    responses={code: {"model": Problem} for code in (400, 401, 403, 422, 503)},
)

Reviewer = Annotated[Actor, Depends(require(Scope.REVIEW))]
HELD: dict[int | str, dict[str, Any]] = {code: {"model": Problem} for code in (404, 409)}


@router.post("/claim")
def claim_tasks(body: ClaimRequest, queue: Queue, reviewer: Reviewer) -> Claimed:
    """Lease tasks; fewer than asked for, or none, when the queue has no more."""
    tasks = queue.claim(reviewer.name, body.count, body.lease_seconds)
    return Claimed(tasks=[ClaimedTask.model_validate(task) for task in tasks])


@router.post("/{task_id}/renew", responses=HELD)
def renew_lease(task_id: UUID, body: RenewRequest, queue: Queue, reviewer: Reviewer) -> Lease:
    """Let a live lease end `lease_seconds` from now."""
    task = queue.renew(task_id, body.lease_token, reviewer.name, body.lease_seconds)
    return Lease.model_validate(task)


@router.post("/{task_id}/submit", responses=HELD)
def submit_verdict(
    task_id: UUID, body: SubmitRequest, queue: Queue, reviewer: Reviewer
) -> VerdictRead:
    """Answer a task; the same query gets this verdict from now on, unless it is `unsure`."""
    verdict = queue.submit(
        task_id, body.lease_token, reviewer.name, body.answer, body.product_ids, body.comment
    )
    return VerdictRead.model_validate(verdict)


@router.post("/{task_id}/release", status_code=status.HTTP_204_NO_CONTENT, responses=HELD)
def release_lease(task_id: UUID, body: ReleaseRequest, queue: Queue, reviewer: Reviewer) -> None:
    """Give a task back without an answer."""
    queue.release(task_id, body.lease_token, reviewer.name, skip=body.skip)


@router.get("", dependencies=[Depends(require(Scope.REVIEW))])
def list_tasks(
    queue: Queue,
    state: TaskState | None = None,
    source: StoredText | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = 50,
) -> TaskPageRead:
    """List tasks, oldest first; `next_cursor` leads to the following page."""
    page = queue.page(limit, cursor=cursor, state=state, source=source)
    return TaskPageRead.model_validate(page)


@router.get(
    "/{task_id}",
    dependencies=[Depends(require(Scope.REVIEW))],
    responses={404: {"model": Problem}},
)
def get_task(task_id: UUID, queue: Queue) -> TaskHistoryRead:
    """Return a task with its verdict and everything that happened to it."""
    history = queue.history(task_id)
    task = TaskRead.model_validate(history.task).model_dump()
    return TaskHistoryRead.model_validate(
        {
            **task,
            "verdict": history.verdict,
            "verdicts": history.verdicts,
            "events": history.events,
        }
    )
