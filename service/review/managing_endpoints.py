"""HTTP of whoever manages the queue."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from service.access.actor import Actor, Scope
from service.access.dependencies import require
from service.problems import Problem
from service.review.dependencies import Queue
from service.review.managing_schemas import AssignedRead, AssignRequest, ReopenRequest
from service.review.schemas import TaskRead

router = APIRouter()

Admin = Annotated[Actor, Depends(require(Scope.ADMIN))]


@router.post("/assign", responses={404: {"model": Problem}})
def assign_tasks(body: AssignRequest, queue: Queue, admin: Admin) -> AssignedRead:
    """Give waiting tasks to a person or a team: nobody else can claim them from now on.

    A lease that is live stays so.
    """
    return AssignedRead.model_validate(queue.assign(body.chosen, body.to, admin.name))


@router.post("/{task_id}/reopen", responses={404: {"model": Problem}, 409: {"model": Problem}})
def reopen_task(task_id: UUID, body: ReopenRequest, queue: Queue, admin: Admin) -> TaskRead:
    """Overturn a final verdict: what people said is kept but holds no more, and the task waits."""
    return TaskRead.model_validate(queue.reopen(task_id, admin.name, body.reason))
