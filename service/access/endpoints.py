"""Pages to sign in and out; plain functions, because people are slow and threads suffice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated
from urllib.parse import parse_qsl, quote, urlsplit

from fastapi import APIRouter, Depends, Query, Request, Response, status
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader

from service.access import service
from service.access.dependencies import CSRF_HEADER, SESSION_COOKIE, SignInNeeded, require_csrf
from service.access.service import SignInLinkUsed
from service.errors import CsrfFailed, ScopeMissing, Unauthenticated
from service.settings import Settings
from service.state import State
from service.web.assets import asset

FIRST_PAGE = "/review"
SIGN_IN_PAGE = "/sign-in"
HTMX_HEADER, HTMX_PAGE_HEADER = "HX-Request", "HX-Current-URL"

templates = Environment(loader=PackageLoader("service.access"), autoescape=True)
templates.globals["asset"] = asset
router = APIRouter(include_in_schema=False)


async def read_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a plain HTML form."""
    return dict(parse_qsl((await request.body()).decode(errors="replace")))


async def require_own_page(request: Request) -> None:
    """Refuse a form that another site sent; browsers say so, other clients need no protection."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise CsrfFailed


Form = Annotated[Mapping[str, str], Depends(read_form)]
FromOwnPage = Depends(require_own_page)


@router.get("/sign-in")
def show_sign_in(target: Annotated[str, Query(alias="next")] = FIRST_PAGE) -> HTMLResponse:
    return _page(target=_own_path(target))


@router.post("/sign-in", dependencies=[FromOwnPage])
def sign_in_with_key(request: Request, state: State, form: Form) -> Response:
    """Exchange an API key for a session."""
    target = _own_path(form.get("next", ""))
    lasts = _session_length(state.settings)
    try:
        session = service.sign_in_with_key(state.engine, state.clock, form.get("key", ""), lasts)
    except Unauthenticated:
        return _page(status.HTTP_401_UNAUTHORIZED, "This is not a valid key.", target=target)
    except ScopeMissing:
        message = "This key allows nothing on these pages; it lacks the scope 'review'."
        return _page(status.HTTP_403_FORBIDDEN, message, target=target)
    return _signed_in(request, session, target, lasts)


@router.get("/sign-in/{token}")
def show_sign_in_link(token: str) -> HTMLResponse:
    """Show one button: programs that preview links follow them, but press nothing."""
    del token
    return _page(by_link=True)


@router.post("/sign-in/{token}", dependencies=[FromOwnPage])
def redeem_sign_in_link(request: Request, state: State, token: str) -> Response:
    """Use up the link for a session."""
    lasts = _session_length(state.settings)
    try:
        session = service.redeem_sign_in_link(state.engine, state.clock, token, lasts)
    except SignInLinkUsed as error:
        return _page(error.status, str(error), target=FIRST_PAGE)
    return _signed_in(request, session, FIRST_PAGE, lasts)


@router.post("/sign-out")
def sign_out(request: Request, state: State, form: Form) -> Response:
    """End the session; the CSRF token comes in the header or in the form."""
    token = request.cookies.get(SESSION_COOKIE)
    response = RedirectResponse(SIGN_IN_PAGE, status.HTTP_303_SEE_OTHER)
    if token:
        require_csrf(token, request.headers.get(CSRF_HEADER) or form.get("csrf_token", ""))
        service.sign_out(state.engine, state.clock, token)
        response.delete_cookie(SESSION_COOKIE)
    return response


async def redirect_to_sign_in(request: Request, error: Exception) -> Response:
    """Handle SignInNeeded: come back to the same page afterwards.

    What htmx asked for is a part of a page; it is told to leave that page, for whose path it sends.
    """
    assert isinstance(error, SignInNeeded)
    if HTMX_HEADER in request.headers:
        page = _own_path(urlsplit(request.headers.get(HTMX_PAGE_HEADER, "")).path)
        return Response(
            status_code=error.status, headers={"HX-Redirect": _sign_in_and_return(page)}
        )
    return RedirectResponse(_sign_in_and_return(request.url.path), status.HTTP_303_SEE_OTHER)


def _sign_in_and_return(path: str) -> str:
    return f"{SIGN_IN_PAGE}?next={quote(path, safe='/')}"


def _page(
    status_code: int = 200,
    message: str = "",
    *,
    target: str = "",
    by_link: bool = False,
) -> HTMLResponse:
    template = templates.get_template("sign_in.html")
    return HTMLResponse(
        template.render(message=message, target=target, by_link=by_link), status_code
    )


def _signed_in(request: Request, session: str, target: str, lasts: timedelta) -> Response:
    response = RedirectResponse(target, status.HTTP_303_SEE_OTHER)
    response.set_cookie(
        SESSION_COOKIE,
        session,
        max_age=int(lasts.total_seconds()),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response


def _own_path(target: str) -> str:
    """Return the path, unless it leads to another site."""
    leads_away = not target.startswith("/") or target[1:2] in ("/", "\\")
    return FIRST_PAGE if leads_away else target


def _session_length(settings: Settings) -> timedelta:
    return timedelta(hours=settings.session_hours)
