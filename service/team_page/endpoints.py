"""The page for those who lead a team; its parts come as HTML when something is done on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader

from service.access.actor import Actor, Scope
from service.access.dependencies import require_page
from service.access.endpoints import Form
from service.bulk.dependencies import Bulk
from service.errors import ServiceError
from service.review.dependencies import Queue
from service.schemas import StoredText
from service.state import ServiceState, State
from service.team_page.forms import assignment, bulk_application, bulk_request
from service.team_page.page import bulks_of, page_of, person_of, preview_of, queue_of
from service.team_page.reading import read_board, read_person
from service.team_page.words import counted
from service.web.assets import asset

templates = Environment(loader=PackageLoader("service.team_page"), autoescape=True)
templates.globals["asset"] = asset
router = APIRouter(prefix="/team", include_in_schema=False)

Admin = Annotated[Actor, Depends(require_page(Scope.ADMIN))]
Name = Annotated[StoredText | None, Query(max_length=500)]


@router.get("")
def show_team(
    state: State, admin: Admin, person: Name = None, attribute: Name = None
) -> HTMLResponse:
    """Show the queue, who works on it and how, and what can be done with many tasks at once."""
    board = read_board(state.engine, state.clock, admin.name, attribute or None)
    shown = person_of(person, read_person(state.engine, person)) if person else None
    return _html(
        "team.html",
        me=admin.name,
        csrf_token=admin.csrf_token or "",
        history=shown,
        **page_of(board),
    )


@router.get("/person")
def show_person(state: State, admin: Admin, person: Annotated[StoredText, Query()]) -> HTMLResponse:
    """Show the last verdicts of a person."""
    del admin
    return _html("person.html", history=person_of(person, read_person(state.engine, person)))


@router.post("/bulk/preview")
def preview_bulk_action(bulk: Bulk, admin: Admin, form: Form) -> HTMLResponse:
    """Show what a bulk action would answer."""
    del admin

    def preview() -> HTMLResponse:
        request = bulk_request(form)
        return _html("preview.html", **preview_of(request, bulk.preview(request.wanted)))

    return _or_refusal(preview)


@router.post("/bulk")
def apply_bulk_action(state: State, bulk: Bulk, admin: Admin, form: Form) -> HTMLResponse:
    """Answer the tasks that were previewed."""

    def apply() -> HTMLResponse:
        request = bulk_application(form)
        stored = bulk.apply(request.wanted, request.expected_tasks, admin.name)
        return _done(state, admin, f"{counted(stored.tasks, 'task')} answered.")

    return _or_refusal(apply)


@router.post("/bulk/{bulk_id}/undo")
def undo_bulk_action(bulk_id: UUID, state: State, bulk: Bulk, admin: Admin) -> HTMLResponse:
    """Take the verdicts of a bulk action back."""

    def undo() -> HTMLResponse:
        undone = bulk.undo(bulk_id, admin.name)
        left = f" {counted(undone.left, 'task')} left as they are." if undone.left else ""
        return _done(state, admin, f"{counted(undone.withdrawn, 'answer')} taken back.{left}")

    return _or_refusal(undo)


@router.post("/assign")
def assign_tasks(state: State, queue: Queue, admin: Admin, form: Form) -> HTMLResponse:
    """Give the waiting tasks of a filter to a person, a team or anybody."""

    def assign() -> HTMLResponse:
        chosen, to = assignment(form)
        assigned = queue.assign(chosen, to, admin.name)
        more = " There are more: send it again." if assigned.more else ""
        whom = to or "anybody"
        return _done(state, admin, f"{counted(assigned.assigned, 'task')} given to {whom}.{more}")

    return _or_refusal(assign)


def _or_refusal(action: Callable[[], HTMLResponse]) -> HTMLResponse:
    """Return what it returns, or why it could not be done, in words for the page."""
    try:
        return action()
    except ServiceError as error:
        return _html("notice.html", status=error.status, look="problem", text=str(error))


def _done(state: ServiceState, admin: Actor, text: str) -> HTMLResponse:
    """Return what was done, and those parts of the page that it changed."""
    board = read_board(state.engine, state.clock, admin.name)
    return _html(
        "done.html", look="good", text=text, bulks=bulks_of(board.bulks), **queue_of(board)
    )


def _html(template: str, status: int = 200, **shown: object) -> HTMLResponse:
    return HTMLResponse(templates.get_template(template).render(**shown), status)
