"""HTTP of whoever looks at the queue."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError

from service.access.actor import Actor, Scope
from service.access.dependencies import require
from service.database.tables import TaskState
from service.errors import ScopeMissing
from service.problems import Problem
from service.review.blinding import shown
from service.review.dependencies import Reader
from service.review.discretion import discreet
from service.review.listing import TaskFilter
from service.review.schemas import (
    MAX_LISTED,
    SummaryRead,
    TaskHistoryRead,
    TaskPageRead,
    TaskRead,
)
from service.schemas import StoredText
from service.state import State

router = APIRouter()

Reviewer = Annotated[Actor, Depends(require(Scope.REVIEW))]


def named_value(text: str) -> str:
    """Return the text; refuse what is not `name=value`."""
    if not text.partition("=")[1]:
        raise PydanticCustomError("invalid_value", "an attribute is written name=value")
    return text


NamedValue = Annotated[StoredText, AfterValidator(named_value)]


def read_filter(
    reviewer: Reviewer,
    state: TaskState | None = None,
    source: StoredText | None = None,
    attribute: Annotated[
        list[NamedValue], Query(max_length=20, description="`name=value`; repeat for several")
    ] = [],  # noqa: B006 - FastAPI copies it
    assigned_to: Annotated[
        StoredText | None, Query(description="A person, or `team:` and the name of a team")
    ] = None,
    answered_by: Annotated[
        StoredText | None,
        Query(description="A person whose opinion the task has; other people's only for admins"),
    ] = None,
) -> TaskFilter:
    """Return which tasks are asked for."""
    if answered_by not in (None, reviewer.name) and not reviewer.may(Scope.ADMIN):
        raise ScopeMissing("Whose opinions a task has needs the scope 'admin', unless it is yours.")
    attributes = dict(_name_and_value(one) for one in attribute)
    return TaskFilter(state, source, attributes or None, assigned_to, answered_by)


Chosen = Annotated[TaskFilter, Depends(read_filter)]


@router.get("")
def list_tasks(
    reader: Reader,
    service: State,
    reviewer: Reviewer,
    chosen: Chosen,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = 50,
) -> TaskPageRead:
    """List tasks, oldest first; `next_cursor` leads to the following page."""
    page = reader.page(limit, cursor=cursor, chosen=chosen)
    blind_review = service.settings.blind_review
    tasks = [shown(TaskRead.model_validate(task), reviewer, blind_review) for task in page.rows]
    return TaskPageRead(tasks=tasks, next_cursor=page.next_cursor)


@router.get("/summary")
def summarise_queue(
    reader: Reader,
    reviewer: Reviewer,
    since: Annotated[
        AwareDatetime | None, Query(description="Of `given`; without it the start of the UTC day")
    ] = None,
) -> SummaryRead:
    """Count the tasks of the queue, and what you have done and could do next."""
    moment: datetime | None = since
    return SummaryRead.model_validate(reader.summary(reviewer.name, moment))


@router.get("/{task_id}", responses={404: {"model": Problem}})
def get_task(task_id: UUID, reader: Reader, service: State, reviewer: Reviewer) -> TaskHistoryRead:
    """Return a task with its verdicts and everything that happened to it."""
    history = reader.history(task_id)
    task = TaskRead.model_validate(history.task).model_dump()
    whole = TaskHistoryRead.model_validate(
        {
            **task,
            "verdict": history.verdict,
            "verdicts": history.verdicts,
            "events": history.events,
        }
    )
    return shown(discreet(whole, reviewer), reviewer, service.settings.blind_review)


def _name_and_value(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value
