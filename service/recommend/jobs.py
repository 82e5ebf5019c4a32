"""A request on its way through the stages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from service.bundles.holder import ServedBundle
from service.recommend.decided import Outcome
from service.review.tasks import Candidate


@dataclass(frozen=True, slots=True)
class Query:
    """One text to be matched; `id` is the caller's own.

    `key` is that of the text and its source, `text_key` that of the text, whoever asks. `priority`
    is the caller's, 0 to 9.
    """

    id: str | None
    text: str
    key: bytes
    text_key: bytes
    attributes: Mapping[str, str]
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """The nearest products, best first, and what decides about them.

    `deciding` is for each rank what thresholds are compared with, -inf where there is no product.
    `group` is the query's, where the bundle has thresholds for groups; `calibrated_probability`
    says how probably the best product is right, where the bundle knows.
    """

    candidates: tuple[Candidate, ...]
    deciding: tuple[float, ...]
    group: str | None = None
    calibrated_probability: float | None = None


@dataclass(slots=True, eq=False)
class Job:
    """All queries of one request; it holds on to the bundle that answered when it came.

    `explain` asks for the reasons of every candidate that a decider judges.
    """

    served: ServedBundle
    source: str
    queries: Sequence[Query]
    k: int
    submitted_at: float
    answered: asyncio.Future[Outcome]  # cancelled when nobody waits for the answer any more
    explain: bool = False
    matches: dict[int, Match] = field(default_factory=dict)  # by position of the query

    @property
    def abandoned(self) -> bool:
        return self.answered.cancelled()

    @property
    def matched(self) -> bool:
        return len(self.matches) == len(self.queries)

    def pairs(self) -> Iterator[tuple[Query, Match]]:
        """Return each query with its match, in order; all must be matched."""
        for position, query in enumerate(self.queries):
            yield query, self.matches[position]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a job that is small enough for one micro-batch."""

    job: Job
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


def parts_of(job: Job, max_batch: int) -> list[Part]:
    """Cut a job into pieces of at most `max_batch` queries."""
    count = len(job.queries)
    return [Part(job, start, min(start + max_batch, count)) for start in range(0, count, max_batch)]
