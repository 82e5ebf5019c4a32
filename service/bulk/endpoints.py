"""HTTP of bulk actions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from service.access.actor import Actor, Scope
from service.access.dependencies import require
from service.bulk.dependencies import Bulk
from service.bulk.schemas import (
    LISTED,
    SAMPLE,
    BulkApplication,
    BulkPageRead,
    BulkRead,
    BulkRequest,
    PreviewRead,
    TargetRead,
    UndoneRead,
)
from service.problems import Problem

router = APIRouter(
    prefix="/v1/reviews/bulk",
    tags=["reviews"],
    responses={code: {"model": Problem} for code in (400, 401, 403, 422, 503)},
)

Admin = Annotated[Actor, Depends(require(Scope.ADMIN))]


@router.post("/preview", dependencies=[Depends(require(Scope.ADMIN))])
def preview_bulk_action(body: BulkRequest, bulk: Bulk) -> PreviewRead:
    """Show what a bulk action would answer; nothing is changed."""
    preview = bulk.preview(body.wanted)
    return PreviewRead(
        tasks=len(preview.targets),
        open_tasks=preview.open_tasks,
        more=preview.more,
        sample=[TargetRead.model_validate(one) for one in preview.targets[:SAMPLE]],
    )


@router.post("", responses={409: {"model": Problem}})
def apply_bulk_action(body: BulkApplication, bulk: Bulk, admin: Admin) -> BulkRead:
    """Answer the previewed tasks in your name, all or, if there are other ones now, none.

    Never those that somebody holds, nor audits or tasks of which two opinions are wanted.
    """
    stored = bulk.apply(body.wanted, body.expected_tasks, admin.name)
    return BulkRead.model_validate(stored)


@router.get("", dependencies=[Depends(require(Scope.ADMIN))])
def list_bulk_actions(bulk: Bulk) -> BulkPageRead:
    """List the last bulk actions, newest first."""
    return BulkPageRead.model_validate({"actions": bulk.last(LISTED)})


@router.post("/{bulk_id}/undo", responses={404: {"model": Problem}, 409: {"model": Problem}})
def undo_bulk_action(bulk_id: UUID, bulk: Bulk, admin: Admin) -> UndoneRead:
    """Take all verdicts of a bulk action back that nobody has gone beyond since."""
    return UndoneRead.model_validate(bulk.undo(bulk_id, admin.name))
