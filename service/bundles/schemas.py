"""What is said about a bundle over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from models.memory.settings import Formula

DecidesBy = Literal["probability", "score"]


class GroupingRead(BaseModel):
    """By which attribute queries have thresholds of their own."""

    attribute: str
    of: Literal["query", "product"] = Field(description="Whose: the query's or its best product's")


class PromiseRead(BaseModel):
    """A precision that was certified on labels held out for it."""

    group: str | None = Field(
        description="Whose promise it is; null: that of all queries, less those of `groups`"
    )
    target_precision: float
    confidence: float
    threshold: float | None = Field(
        description="Least probability that is accepted, or least score where the bundle has no"
        " decider (see `decides_by` of the bundle); null: the labels do not suffice for a promise"
    )
    calibration_labels: int
    calibrated_at: str
    labels_needed: int | None = Field(
        description="How many more labels a promise takes at least; null when one is made, or"
        " when more labels alone would not help"
    )
    grouping: GroupingRead | None = Field(description="null: all queries share one threshold")
    groups: list[PromiseRead] = Field(
        description="Promises of groups with a threshold of their own"
    )


class IndexRead(BaseModel):
    """The search structure and what was measured when it was chosen."""

    kind: str
    parameters: dict[str, float]
    recall_at_10: float
    milliseconds_per_query: float
    exact_milliseconds_per_query: float


class MemoryRead(BaseModel):
    """Training queries that are searched too, and how they change the score of a product."""

    queries: int
    formula: Formula
    weight: float = Field(description="Of the training queries; the product itself has the rest")
    neighbours: int = Field(description="How many of the most similar ones vote")
    temperature: float = Field(description="Divides cosines where votes are shares of a softmax")


class DeciderRead(BaseModel):
    """Trees that turn signals of a query and a product into the probability that it is right."""

    candidates: int = Field(description="It judges so many products, those of the highest score")
    trees: int


class BundleRead(BaseModel):
    """The bundle that answers now."""

    bundle_id: str
    created_at: datetime
    loaded_at: datetime
    products: int
    encoder: str
    dimension: int
    index: IndexRead
    memory: MemoryRead | None = Field(
        description="Training queries that are mixed into the score; null: a score is the cosine of"
        " the vectors of query and product"
    )
    decides_by: DecidesBy = Field(
        description="What thresholds are compared with, and products are ordered by"
    )
    decider: DeciderRead | None = Field(description="null: there is none, and the score decides")
    promise: PromiseRead = Field(description="The one that answers carry")
    promises: list[PromiseRead] = Field(description="All that were calibrated")
    no_match: PromiseRead | None = Field(
        description="Of the answer that no product is right; null: that is not promised"
    )
