"""What the endpoints of bulk actions take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from service.bulk.actions import Action, Wanted
from service.bulk.service import MOST
from service.database.tables import Answer
from service.review.schemas import Attributes
from service.schemas import Body, Read, StoredText

SAMPLE = 20  # tasks of a preview that are shown
LISTED = 50


class BulkFilter(Body):
    """Open tasks of which all that is given is true."""

    source: StoredText | None = None
    attributes: Attributes | None = Field(None, description="At least these")
    assigned_to: StoredText | None = Field(
        None, description="A person, or `team:` and the name of a team"
    )

    @property
    def is_empty(self) -> bool:
        return self == BulkFilter()


class BulkRequest(Body):
    action: Action = Field(
        description="`accept_best_as_before`: the best candidate, where people accepted the same"
        " product for the same source before; `answer_none`: no product is right"
    )
    filter: BulkFilter = BulkFilter()
    reason: Annotated[
        Annotated[StoredText, Field(min_length=1, max_length=2000)] | None,
        Field(description="The comment of the verdicts; `answer_none` needs one"),
    ] = None

    @model_validator(mode="after")
    def _none_is_said_of_something_and_for_a_reason(self) -> Self:
        if self.action is Action.ANSWER_NONE and (self.filter.is_empty or not self.reason):
            raise PydanticCustomError("invalid_value", "answer_none needs a filter and a reason")
        return self

    @property
    def wanted(self) -> Wanted:
        chosen = self.filter
        return Wanted(
            self.action, chosen.source, chosen.attributes, chosen.assigned_to, self.reason
        )


class BulkApplication(BulkRequest):
    expected_tasks: Annotated[
        int, Field(strict=True, ge=1, le=MOST, description="`tasks` of the preview")
    ]


class TargetRead(Read):
    task_id: UUID
    text: str
    source: str
    answer: Answer
    product_id: str | None
    title: str | None
    accepted_before: int = Field(description="How often people accepted it for this source")


class PreviewRead(Read):
    tasks: int = Field(description=f"That the action would answer now, {MOST} at most")
    open_tasks: int = Field(
        description="Of the filter, whatever keeps them from being answered at once: audits, second"
        " opinions, and where nothing was accepted before"
    )
    more: bool = Field(description="Whether the action can be repeated for more tasks")
    sample: list[TargetRead] = Field(description=f"The first {SAMPLE}")


class BulkRead(Read):
    id: UUID
    action: Action
    filter: dict[str, Any] = Field(validation_alias="chosen_by")
    tasks: int
    person: str
    created_at: datetime
    undone_at: datetime | None
    undone_by: str | None


class BulkPageRead(Read):
    actions: list[BulkRead] = Field(description=f"The last {LISTED}, newest first")


class UndoneRead(Read):
    withdrawn: int
    left: int = Field(
        description="Tasks of which people said something since, or whose query waits in another"
    )
