"""The page for those who own the service."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader

from service.access.actor import Actor, Scope
from service.access.dependencies import require_page
from service.dashboard.page import page_of
from service.dashboard.period import PERIODS, Name, period_named
from service.dashboard.reading import read_dashboard
from service.state import State
from service.web.assets import asset

templates = Environment(loader=PackageLoader("service.dashboard"), autoescape=True)
templates.globals["asset"] = asset
router = APIRouter(include_in_schema=False)


@router.get("/dashboard")
def show_dashboard(
    state: State,
    person: Annotated[Actor, Depends(require_page(Scope.REVIEW))],
    period: Name = PERIODS[0].name,
) -> HTMLResponse:
    """Show how much is automated, how the promise stands, who waits and what traffic looks like."""
    board = read_dashboard(
        state.engine,
        state.clock,
        state.bundles.served.bundle,
        state.settings.target_precision,
        period_named(period),
    )
    page = page_of(board, state.settings.audit_share)
    template = templates.get_template("dashboard.html")
    leads = person.may(Scope.ADMIN)
    return HTMLResponse(template.render(person=person.name, leads=leads, **page))
