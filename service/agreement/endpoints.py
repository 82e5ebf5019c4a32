"""HTTP of agreement."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from service.access.actor import Scope
from service.access.dependencies import require
from service.agreement.schemas import AgreementRead
from service.agreement.service import read_agreement
from service.problems import Problem
from service.schemas import StoredText
from service.state import State

router = APIRouter(
    prefix="/v1/reviews",
    tags=["reviews"],
    dependencies=[Depends(require(Scope.ADMIN))],
    responses={code: {"model": Problem} for code in (401, 403, 422, 503)},
)


@router.get("/agreement")
def get_agreement(
    state: State,
    attribute: Annotated[
        StoredText | None, Query(description="Of queries: also agreement by each of its values")
    ] = None,
    since: Annotated[
        AwareDatetime | None, Query(description="Opinions given since; else of the last 90 days")
    ] = None,
) -> AgreementRead:
    """Tell how far people agree on the tasks that have two opinions or more."""
    return AgreementRead.model_validate(read_agreement(state.engine, state.clock, attribute, since))
