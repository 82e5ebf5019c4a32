"""What admins send and get who manage the queue."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from service.database.tables import TaskState
from service.review.assigning import MOST
from service.review.listing import TaskFilter
from service.review.schemas import Attributes
from service.schemas import Body, Read, StoredText, storable

MAX_GIVEN = 1000


class ReopenRequest(Body):
    reason: Annotated[
        str,
        Field(
            min_length=1,
            max_length=2000,
            description="Why the final verdict does not hold; kept with it",
        ),
        AfterValidator(storable),
    ]


class FilterBody(Body):
    """Tasks of which all that is given is true."""

    state: TaskState | None = None
    source: StoredText | None = None
    attributes: Attributes | None = Field(None, description="At least these")
    assigned_to: StoredText | None = None

    @property
    def chosen(self) -> TaskFilter:
        return TaskFilter(self.state, self.source, self.attributes, self.assigned_to)


class AssignRequest(Body):
    to: Annotated[
        Annotated[str, Field(min_length=1, max_length=500), AfterValidator(storable)] | None,
        Field(description="A person, `team:` and the name of a team, or null for anybody"),
    ]
    task_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_GIVEN)] | None = None
    filter: FilterBody | None = None

    @model_validator(mode="after")
    def _tasks_are_given_in_one_way(self) -> Self:
        if (self.task_ids is None) == (self.filter is None):
            raise PydanticCustomError("invalid_value", "send either task_ids or filter")
        return self

    @property
    def chosen(self) -> list[UUID] | TaskFilter:
        if self.filter is not None:
            return self.filter.chosen
        return self.task_ids or []


class AssignedRead(Read):
    assigned: int = Field(description="Tasks that had another assignment before")
    left_out: list[UUID] = Field(description="Of the given tasks, those that wait no more")
    more: bool = Field(description=f"Whether this was only the first {MOST}: send it again")
