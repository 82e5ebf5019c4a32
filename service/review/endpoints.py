"""HTTP of the review queue; plain functions, because people are slow and threads suffice."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from service.access.actor import Actor, Scope
from service.access.dependencies import require
from service.database.tables import TaskState
from service.problems import Problem
from service.review.blinding import blind, shown
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
from service.state import State

router = APIRouter(
    prefix="/v1/reviews",
    tags=["reviews"],
    responses={code: {"model": Problem} for code in (400, 401, 403, 422, 503)},
)

Reviewer = Annotated[Actor, Depends(require(Scope.REVIEW))]
HELD: dict[int | str, dict[str, Any]] = {code: {"model": Problem} for code in (404, 409)}


@router.post("/claim")
def claim_tasks(body: ClaimRequest, queue: Queue, state: State, reviewer: Reviewer) -> Claimed:
    """Lease tasks; fewer than asked for, or none, when the queue has no more.

    Where reviews are blind they are for everybody who answers, an admin too.
    """
    claimed = queue.claim(reviewer.name, body.count, body.lease_seconds)
    tasks = [ClaimedTask.model_validate(task) for task in claimed]
    return Claimed(tasks=[blind(task) for task in tasks] if state.settings.blind_review else tasks)


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


@router.get("")
def list_tasks(
    queue: Queue,
    service: State,
    reviewer: Reviewer,
    state: TaskState | None = None,
    source: StoredText | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = 50,
) -> TaskPageRead:
    """List tasks, oldest first; `next_cursor` leads to the following page."""
    page = queue.page(limit, cursor=cursor, state=state, source=source)
    blind_review = service.settings.blind_review
    tasks = [shown(TaskRead.model_validate(task), reviewer, blind_review) for task in page.tasks]
    return TaskPageRead(tasks=tasks, next_cursor=page.next_cursor)


@router.get("/{task_id}", responses={404: {"model": Problem}})
def get_task(task_id: UUID, queue: Queue, service: State, reviewer: Reviewer) -> TaskHistoryRead:
    """Return a task with its verdict and everything that happened to it."""
    history = queue.history(task_id)
    task = TaskRead.model_validate(history.task).model_dump()
    whole = TaskHistoryRead.model_validate(
        {
            **task,
            "verdict": history.verdict,
            "verdicts": history.verdicts,
            "events": history.events,
        }
    )
    return shown(whole, reviewer, service.settings.blind_review)
