"""What is said about agreement over HTTP."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from service.schemas import Read

UNDEFINED = "null where it is not defined: without pairs, or where all labels are the same"


class ReliabilityRead(Read):
    """How far the opinions on some tasks agree."""

    tasks: int = Field(description="With two opinions or more")
    opinions: int
    raw: float | None = Field(description="Share of pairs of opinions that say the same")
    alpha: float | None = Field(description=f"Krippendorff's, nominal; {UNDEFINED}")


class ValueReliabilityRead(ReliabilityRead):
    value: str | None = Field(description="Of the attribute; null: tasks without it")


class PersonAgreementRead(Read):
    person: str
    tasks: int
    raw: float | None = Field(description="Share of the other opinions that say the same")
    kappa: float | None = Field(description=f"Cohen's, with all others as the other; {UNDEFINED}")


class PairAgreementRead(Read):
    persons: tuple[str, str]
    tasks: int
    raw: float | None
    kappa: float | None = Field(description=f"Cohen's; {UNDEFINED}")


class AgreementRead(Read):
    """How far people agree. An opinion is its answer with its set of products.

    `unsure` counts as missing; adjudications and bulk actions do not count.
    """

    since: datetime
    attribute: str | None
    overall: ReliabilityRead
    persons: list[PersonAgreementRead] = Field(description="Those with the most tasks first")
    pairs: list[PairAgreementRead]
    values: list[ValueReliabilityRead] = Field(description="Empty without an attribute")
    more: bool = Field(description="Whether only the newest opinions were looked at")
