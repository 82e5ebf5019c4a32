"""What the ruling endpoints take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from service.database.tables import Ruling
from service.schemas import storable

MAX_TEXT = 2_000
MAX_PRODUCT_ID = 500
MAX_REASON = 2_000
MAX_LISTED = 200

_STORABLE = AfterValidator(storable)
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT), _STORABLE
]
ProductId = Annotated[str, StringConstraints(min_length=1, max_length=MAX_PRODUCT_ID), _STORABLE]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_REASON), _STORABLE
]


class RulingBody(BaseModel):
    """A ruling that is made by hand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: Annotated[Text, Field(description="Of the query; case and spaces do not count")]
    product_id: ProductId
    ruling: Annotated[
        Ruling,
        Field(
            description="`blocked`: never accepted for this text without a person; `allowed`: a"
            " block is lifted, and nothing is accepted that would not be otherwise"
        ),
    ]
    reason: Annotated[Reason, Field(description="For those who come after you")]


class RulingRead(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)

    id: int
    text: str
    product_id: str
    ruling: Ruling
    in_force: bool = Field(description="Whether it is the newest on this text and product")
    review_task_id: UUID | None = Field(
        validation_alias="task_id",
        description="The task whose verdict rules so; null: it was made by hand",
    )
    person: str
    reason: str | None = Field(
        description="Of rulings by hand, and of those that hold again since a verdict was withdrawn"
    )
    created_at: datetime


class RulingPageRead(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)

    rulings: list[RulingRead] = Field(description="Newest first")
    next_cursor: str | None = Field(description="null behind the last ruling")
