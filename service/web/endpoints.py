"""The pages for people."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request, status
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader

from service.access.actor import Actor, Scope
from service.access.dependencies import SESSION_COOKIE, require_page
from service.middleware.security_headers import POLICY, content_policy
from service.settings import Settings
from service.state import State
from service.web.assets import asset, mount_assets

# Long enough to think about a task, short enough that a forgotten one is soon with somebody else.
PAGE_LEASE_SECONDS = 120

templates = Environment(loader=PackageLoader("service.web"), autoescape=True)
templates.globals["asset"] = asset
router = APIRouter(include_in_schema=False)


def add_pages(app: FastAPI) -> None:
    app.include_router(router)
    mount_assets(app)


@router.get("/")
async def show_first_page(request: Request) -> RedirectResponse:
    """Lead people who are signed in to their work, all others to the documentation."""
    target = "/review" if SESSION_COOKIE in request.cookies else "/docs"
    return RedirectResponse(target, status.HTTP_307_TEMPORARY_REDIRECT)


@router.get("/review")
def show_review(
    state: State, reviewer: Annotated[Actor, Depends(require_page(Scope.REVIEW))]
) -> HTMLResponse:
    page = templates.get_template("review.html").render(
        person=reviewer.name,
        leads=reviewer.may(Scope.ADMIN),
        csrf_token=reviewer.csrf_token or "",
        lease_seconds=lease_seconds(state.settings),
        blind=state.settings.blind_review,
        several=state.settings.several_products,
        picture_attribute=state.settings.picture_attribute,
        picture_hosts=" ".join(state.settings.picture_hosts),
    )
    return HTMLResponse(page, headers={POLICY: content_policy(state.settings.picture_hosts)})


def lease_seconds(settings: Settings) -> int:
    """Return how long the page leases a task, within the service's limits."""
    longest = min(PAGE_LEASE_SECONDS, settings.lease_max_seconds)
    return max(longest, settings.lease_min_seconds)
