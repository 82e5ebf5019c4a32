"""What an import answers."""

from __future__ import annotations

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from service.exchange.importing.service import RejectedRows
from service.problems import Problem, problem_of, respond

MAX_BAD_ROWS = 1000  # of one answer


class ImportRead(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)

    imported: int
    unchanged: int = Field(description="There before: the same verdict of the same person")
    skipped: int = Field(description="Taken back, or cancelled, where they are from")


class BadRowRead(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)

    line: int = Field(description="From 1; of Label Studio, the place of the task in the list")
    field: str | None
    code: str
    reason: str


class ImportProblem(Problem):
    """A problem with all that is wrong with the rows."""

    bad_rows: list[BadRowRead] = Field([], description=f"The first {MAX_BAD_ROWS}")


async def rejected_response(request: Request, error: Exception) -> Response:
    """Handle RejectedRows: nothing was imported, and these rows say why."""
    assert isinstance(error, RejectedRows)
    problem = problem_of(request.scope, error.status, error.code, str(error))
    shown = [BadRowRead.model_validate(bad) for bad in error.bad[:MAX_BAD_ROWS]]
    return respond(ImportProblem(**problem.model_dump(), bad_rows=shown))
