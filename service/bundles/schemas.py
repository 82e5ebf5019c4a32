"""What is said about a bundle over HTTP."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from models.memory.settings import Formula


class PromiseRead(BaseModel):
    """A precision that was certified on labels held out for it."""

    target_precision: float
    confidence: float
    threshold: float | None = Field(
        description="Least score that is accepted; null: the labels do not suffice for a promise"
    )
    calibration_labels: int
    calibrated_at: str
    labels_needed: int | None = Field(
        description="How many more labels a promise takes at least; null when one is made, or"
        " when more labels alone would not help"
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
    promise: PromiseRead = Field(description="The one that answers carry")
    promises: list[PromiseRead] = Field(description="All that were calibrated")
