"""What the recommendation endpoint takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from service.bundles.schemas import PromiseRead
from service.database.tables import Answer, Decision
from service.review.schemas import storable

MAX_QUERIES = 256
MAX_TEXT = 2_000
MAX_K = 100
MAX_ATTRIBUTES = 50

STORABLE = AfterValidator(storable)
QueryText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT), STORABLE
]
QueryId = Annotated[str, StringConstraints(max_length=200), STORABLE]
AttributeName = Annotated[str, StringConstraints(min_length=1, max_length=100), STORABLE]
AttributeValue = Annotated[str, StringConstraints(max_length=500), STORABLE]


class Body(BaseModel):
    """A request body: unknown fields and other types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class QueryBody(Body):
    text: QueryText
    id: Annotated[QueryId | None, Field(description="Your own; it is returned")] = None
    attributes: Annotated[
        dict[AttributeName, AttributeValue],
        Field(max_length=MAX_ATTRIBUTES, description="Shown to the person who reviews the query"),
    ] = {}


class RecommendBody(Body):
    queries: Annotated[list[QueryBody], Field(min_length=1, max_length=MAX_QUERIES)]
    k: Annotated[int, Field(ge=1, le=MAX_K, description="Products returned for each query")] = 10


class ProductRead(BaseModel):
    product_id: str
    title: str
    score: float | None = Field(
        description="Cosine; null when a person named a product that was not among the top k"
    )
    rank: int | None = Field(description="From 1; null where the score is")


class VerdictRead(BaseModel):
    """What a person said about the same text from the same source."""

    review_task_id: UUID
    answer: Answer
    answered_at: datetime


class RecommendationRead(BaseModel):
    id: str | None
    decision: Decision
    decision_id: UUID | None = Field(description="null when the decision could not be recorded")
    review_task_id: UUID | None = Field(description="Where a person decides")
    auto_accepted: list[ProductRead]
    manual_review: list[ProductRead]
    verdict: VerdictRead | None


class DegradedRead(BaseModel):
    reason: str = Field(examples=["decisions_not_recorded"])
    detail: str


class RecommendationsRead(BaseModel):
    bundle_id: str
    promise: PromiseRead
    degraded: DegradedRead | None
    results: list[RecommendationRead] = Field(description="In the order of the queries")


RESPONSES: dict[int | str, dict[str, Any]] = {200: {"model": RecommendationsRead}}
