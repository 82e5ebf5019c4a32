"""What is said about traffic over HTTP."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

MOST_HOURS = 31 * 24


class ReferenceRead(BaseModel):
    """The held-out queries of the training, which hours are compared with."""

    queries: int
    score_edges: list[float] = Field(
        description="Where one bin of deciding scores ends and the next begins"
    )
    score_shares: list[float] = Field(description="Share of the queries in each bin")
    known_ngrams: int = Field(description="Of training queries and product titles")
    unseen_ngram_ratio: float
    truncated_input_ratio: float


class NoiseRead(BaseModel):
    """The index of as many queries that are just like those of the reference."""

    expected: float = Field(
        description="(bins - 1) (1/n + 1/m), for n queries here and m in the reference"
    )
    upper: float = Field(description="Exceeded by one of twenty such hours")


class TrafficHourRead(BaseModel):
    """The queries of one hour."""

    hour: datetime = Field(description="When it began, by the clock of the database")
    complete: bool = Field(description="Whether it is over")
    queries: int
    score_shares: list[float] | None
    psi: float | None = Field(
        description="Population stability index of the deciding scores: read as no change below 0.1"
        " and as a change to look at above 0.25, unless it is within the noise"
    )
    psi_noise: NoiseRead | None
    unseen_ngram_ratio: float | None = Field(
        description="Share of the queries' n-grams that no training text has"
    )
    truncated_input_ratio: float | None = Field(
        description="Share of the queries whose end the encoder does not read"
    )


class TrafficRead(BaseModel):
    """What the queries that the present bundle answered look like."""

    bundle_id: str
    reference: ReferenceRead | None = Field(
        description="null: the bundle was made without one, so that nothing can be compared"
    )
    hours: list[TrafficHourRead] = Field(description="Oldest first, without hours of no query")
