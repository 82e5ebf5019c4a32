"""HTTP of the promise; plain functions, because nobody waits for them.

Reading needs the scope `recommend`, as answers do that carry the promise. The scope `review` does
not suffice: whoever sees the audits counted after each answer knows which tasks are audits.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from models.calibration.target import Target
from service.access.actor import Actor, Scope
from service.access.dependencies import require
from service.problems import Problem
from service.promise.dependencies import Promised
from service.promise.described import describe_preview, describe_proposal, describe_status
from service.promise.renewal_schemas import (
    ActivateBody,
    PreviewBody,
    PreviewRead,
    ProposalRead,
    ProposalsRead,
)
from service.promise.schemas import (
    MAX_LISTED,
    ChangePageRead,
    ChangeRead,
    EstimatePageRead,
    EstimateRead,
    PromiseStatusRead,
    RestoreBody,
    RestoredPartRead,
    RestoredRead,
)

router = APIRouter(
    prefix="/v1/promise",
    tags=["promise"],
    responses={code: {"model": Problem} for code in (401, 403, 503)},
)

Reader = Depends(require(Scope.RECOMMEND))
Admin = Annotated[Actor, Depends(require(Scope.ADMIN))]
Limit = Annotated[int, Query(ge=1, le=MAX_LISTED)]


@router.get("", dependencies=[Reader])
def get_promise(promised: Promised) -> PromiseStatusRead:
    """Say what is promised, by which thresholds, and what audits say of it."""
    return describe_status(promised.status())


@router.get("/estimates", dependencies=[Reader], responses={422: {"model": Problem}})
def list_estimates(
    promised: Promised, cursor: str | None = None, limit: Limit = 50
) -> EstimatePageRead:
    """List what was known after each audit, of all bundles, newest first."""
    page = promised.estimates(limit, cursor)
    rows = [EstimateRead.model_validate(one) for one in page.rows]
    return EstimatePageRead(estimates=rows, next_cursor=page.next_cursor)


@router.get("/changes", dependencies=[Reader], responses={422: {"model": Problem}})
def list_changes(
    promised: Promised, cursor: str | None = None, limit: Limit = 50
) -> ChangePageRead:
    """List what became of promises: broken, restored, proposed anew, activated; newest first."""
    page = promised.changes(limit, cursor)
    rows = [ChangeRead.model_validate(one) for one in page.rows]
    return ChangePageRead(changes=rows, next_cursor=page.next_cursor)


@router.post("/restore", responses={code: {"model": Problem} for code in (400, 409, 422)})
def restore_promise(body: RestoreBody, promised: Promised, admin: Admin) -> RestoredRead:
    """Let certified thresholds apply again that audits had spoken against.

    The audits so far no longer count: a new watch begins.
    """
    restored = promised.restore(body.group, person=admin.name, reason=body.reason)
    return RestoredRead(restored=[RestoredPartRead.model_validate(one) for one in restored])


@router.post(
    "/recalibrate", status_code=status.HTTP_201_CREATED, responses={409: {"model": Problem}}
)
def recalibrate_promise(promised: Promised, admin: Admin) -> ProposalRead:
    """Certify thresholds on the labels that people have given, and store them as a proposal.

    Nothing is decided by them until they are activated.
    """
    return describe_proposal(promised.recalibrate(admin.name))


@router.get("/proposals", dependencies=[Depends(require(Scope.ADMIN))])
def list_proposals(promised: Promised) -> ProposalsRead:
    """List the last proposals for the bundle that answers, with their evidence."""
    found = promised.proposals(MAX_LISTED)
    return ProposalsRead(proposals=[describe_proposal(one) for one in found])


@router.post(
    "/proposals/{proposal_id}/activate",
    responses={code: {"model": Problem} for code in (400, 404, 409, 422)},
)
def activate_proposal(
    proposal_id: UUID, body: ActivateBody, promised: Promised, admin: Admin
) -> ProposalRead:
    """Let the thresholds of a proposal decide; what was tightened before ends."""
    activated = promised.activate(proposal_id, person=admin.name, accept_stops=body.accept_stops)
    return describe_proposal(activated)


@router.post(
    "/preview",
    dependencies=[Reader],
    responses={code: {"model": Problem} for code in (400, 409, 422)},
)
def preview_promise(body: PreviewBody, promised: Promised) -> PreviewRead:
    """Say what another target would bring, by the calibration that the bundle keeps."""
    found = promised.preview(Target(body.target, body.confidence), body.group)
    return describe_preview(found, body.group)
