"""What the recommendation endpoint takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from service.bundles.schemas import PromiseRead
from service.database.tables import Answer, Decision
from service.schemas import StrictBody, storable

MAX_QUERIES = 256
MAX_TEXT = 2_000
MAX_K = 100
MAX_ATTRIBUTES = 50
MAX_EXPLAINED = 16
MAX_PRIORITY = 9
TOO_MANY_EXPLAINED = "too_many_explained"

STORABLE = AfterValidator(storable)
QueryText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT), STORABLE
]
QueryId = Annotated[str, StringConstraints(max_length=200), STORABLE]
AttributeName = Annotated[str, StringConstraints(min_length=1, max_length=100), STORABLE]
AttributeValue = Annotated[str, StringConstraints(max_length=500), STORABLE]


class QueryBody(StrictBody):
    text: QueryText
    id: Annotated[QueryId | None, Field(description="Your own; it is returned")] = None
    attributes: Annotated[
        dict[AttributeName, AttributeValue],
        Field(
            default_factory=dict,
            max_length=MAX_ATTRIBUTES,
            description="What else is known, by name. The person who reviews the query sees it, and"
            " a decider compares brand, category, price, size and identifiers (gtin, mpn, isbn)"
            " with the product's",
        ),
    ]
    priority: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_PRIORITY,
            description="Where a person has to look: the higher, the earlier, see the operator's"
            " `ALC_PRIORITY_HOURS`. Asked again with a higher one, an open task is moved forward",
        ),
    ] = 0


class RecommendBody(StrictBody):
    queries: Annotated[list[QueryBody], Field(min_length=1, max_length=MAX_QUERIES)]
    k: Annotated[int, Field(ge=1, le=MAX_K, description="Products returned for each query")] = 10
    explain: Annotated[
        bool,
        Field(
            description="Give reasons for each product that a decider judged. They cost about 10 ms"
            f" of computing for each query, so at most {MAX_EXPLAINED} queries may be explained at"
            " once"
        ),
    ] = False

    @field_validator("explain")
    @classmethod
    def _few_are_explained(cls, explain: bool, info: ValidationInfo) -> bool:
        if explain and len(info.data.get("queries", ())) > MAX_EXPLAINED:
            raise PydanticCustomError(
                TOO_MANY_EXPLAINED,
                "At most {most} queries can be explained in one request; send fewer, or leave"
                " 'explain' out",
                {"most": MAX_EXPLAINED},
            )
        return explain


class ReasonRead(BaseModel):
    """A signal of query and product, and what it did to the probability."""

    feature: str = Field(examples=["codes_only_in_query"])
    text: str = Field(examples=['model code "k8524x8gb" is not in the product title'])
    contribution: float = Field(
        description="Exact part (SHAP value) in the log-odds of the probability: above 0 it speaks"
        " for the product"
    )


class ProductRead(BaseModel):
    product_id: str
    title: str
    score: float | None = Field(
        description="Cosine; null when a person named a product that was not among the top k"
    )
    rank: int | None = Field(description="From 1; null where the score is")
    probability: float | None = Field(
        description="That this is the product; null where the bundle has no decider, the product"
        " was beyond its candidates, or a person named it"
    )
    reasons: list[ReasonRead] | None = Field(
        description="The strongest first; null unless `explain` asks for them and a decider judged"
        " the product"
    )


class VerdictRead(BaseModel):
    """What a person said about the same text from the same source."""

    review_task_id: UUID
    answer: Answer
    answered_at: datetime


class BlockRead(BaseModel):
    """The ruling of a person that forbids an answer which would have been given without one."""

    ruling_id: int = Field(description="See `GET /v1/rulings`")
    product_id: str = Field(description="That is not to be accepted for this text")
    review_task_id: UUID | None = Field(
        description="Whose verdict rules so; null: an admin did, by hand"
    )
    ruled_at: datetime


class RecommendationRead(BaseModel):
    id: str | None
    decision: Decision
    decision_id: UUID | None = Field(description="null when the decision could not be recorded")
    review_task_id: UUID | None = Field(description="Where a person decides")
    auto_accepted: list[ProductRead]
    manual_review: list[ProductRead]
    group: str | None = Field(
        description="Whose threshold applied; null: that of all queries without one of their own,"
        " or a person answered"
    )
    threshold: float | None = Field(
        description="The one that decided: of `no_match` a highest, else a least value of what"
        " decides; null: nothing is promised here, so nothing is accepted, or a person answered"
    )
    calibrated_probability: float | None = Field(
        description="That the best candidate is right, by labels of random queries; null where the"
        " bundle has too few of them, or a person answered"
    )
    verdict: VerdictRead | None
    blocked_by: BlockRead | None = Field(
        description="Why a person has to look although the best product reaches the threshold, or"
        " a person has answered before; null where no ruling changed the decision"
    )


class DegradedRead(BaseModel):
    reason: str = Field(examples=["decisions_not_recorded", "promise_broken"])
    detail: str


class RecommendationsRead(BaseModel):
    bundle_id: str
    promise: PromiseRead = Field(
        description="As it is in force, with those of its groups that the queries belong to"
    )
    no_match_promise: PromiseRead | None = Field(
        description="The same of the answer `no_match`: that no product of the catalogue is right;"
        " null where it is not given"
    )
    degraded: DegradedRead | None
    results: list[RecommendationRead] = Field(description="In the order of the queries")


RESPONSES: dict[int | str, dict[str, Any]] = {200: {"model": RecommendationsRead}}
