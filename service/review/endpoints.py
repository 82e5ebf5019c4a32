"""HTTP of the review queue; plain functions, because people are slow and threads suffice."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, status

from service.access.actor import Actor, Scope
from service.access.dependencies import require
from service.problems import Problem
from service.review.blinding import blind
from service.review.dependencies import Queue
from service.review.discretion import opinions_for
from service.review.products import with_products
from service.review.schemas import (
    Claimed,
    ClaimedTask,
    ClaimRequest,
    Lease,
    ReleaseRequest,
    RenewRequest,
    SubmitRequest,
    SubmittedRead,
    UndoRequest,
    VerdictRead,
)
from service.review.skips import label_of
from service.review.tasks import ReviewTask
from service.state import ServiceState, State

router = APIRouter()

Reviewer = Annotated[Actor, Depends(require(Scope.REVIEW))]
HELD: dict[int | str, dict[str, Any]] = {code: {"model": Problem} for code in (404, 409)}


@router.post("/claim")
def claim_tasks(body: ClaimRequest, queue: Queue, state: State, reviewer: Reviewer) -> Claimed:
    """Lease tasks; fewer than asked for, or none, when the queue has no more.

    Where reviews are blind they are for everybody who answers, an admin too.
    """
    tasks = queue.claim(reviewer.name, body.count, body.lease_seconds, body.wish)
    return Claimed(tasks=[_claimed(task, reviewer, state) for task in tasks])


@router.post("/{task_id}/renew", responses=HELD)
def renew_lease(task_id: UUID, body: RenewRequest, queue: Queue, reviewer: Reviewer) -> Lease:
    """Let a live lease end `lease_seconds` from now."""
    task = queue.renew(task_id, body.lease_token, reviewer.name, body.lease_seconds)
    return Lease.model_validate(task)


@router.post("/{task_id}/submit", responses=HELD)
def submit_verdict(
    task_id: UUID, body: SubmitRequest, queue: Queue, reviewer: Reviewer
) -> SubmittedRead:
    """Answer a task; once its verdict is final, the same query gets it from now on.

    Another person is asked after `unsure`, and where two opinions are wanted; a third one where two
    disagree.
    """
    given = queue.submit(
        task_id, body.lease_token, reviewer.name, body.answer, body.product_ids, body.comment
    )
    verdict = VerdictRead.model_validate(given.verdict).model_dump()
    return SubmittedRead(**verdict, task_state=given.state)


@router.post("/{task_id}/release", status_code=status.HTTP_204_NO_CONTENT, responses=HELD)
def release_lease(
    task_id: UUID, body: ReleaseRequest, queue: Queue, state: State, reviewer: Reviewer
) -> None:
    """Give a task back without an answer."""
    queue.release(task_id, body.lease_token, reviewer.name, skip=body.skip, reason=body.reason)
    if body.skip:
        state.metrics.review_skips.labels(label_of(body.reason)).inc()


@router.post("/{task_id}/undo", responses=HELD)
def undo_verdict(
    task_id: UUID, body: UndoRequest, queue: Queue, state: State, reviewer: Reviewer
) -> ClaimedTask:
    """Take your last answer to a task back: it is yours again, with a fresh token.

    The answer stays in the history, as taken back.
    """
    return _claimed(queue.undo(task_id, reviewer.name, body.lease_seconds), reviewer, state)


def _claimed(task: ReviewTask, reviewer: Actor, state: ServiceState) -> ClaimedTask:
    opinions = opinions_for(reviewer, task.opinions)
    claimed = ClaimedTask.model_validate(replace(task, opinions=())).model_copy(
        update={"opinions": opinions}
    )
    shown = with_products(claimed, state.bundles.catalogue)
    return blind(shown) if state.settings.blind_review else shown
