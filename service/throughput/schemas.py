"""What is said about throughput over HTTP."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from service.schemas import Read


class PersonTotalRead(Read):
    person: str
    verdicts: int = Field(description="Given under a lease, also those taken back since")
    withdrawn: int = Field(description="Of these, those taken back since")
    unsure_share: float
    median_seconds: float | None = Field(description="From the claim to the answer")


class PersonDayRead(PersonTotalRead):
    day: date = Field(description="In UTC")
    agreement: float | None = Field(
        description="Share of other opinions on the same tasks that say the same; null without any"
    )


class ThroughputRead(Read):
    since: datetime
    persons: list[PersonTotalRead] = Field(description="In all; the most verdicts first")
    days: list[PersonDayRead] = Field(description="Newest first")
    waiting: int = Field(description="Tasks without a final verdict")
    median_seconds: float | None = Field(description="Of all verdicts since then")
    hours_left: float | None = Field(
        description="`waiting` times `median_seconds`, in hours of one person; null without a"
        " verdict"
    )
    more: bool = Field(description="Whether there are older days")
