"""One query of a batch with all that is recorded of it, and the rows that this makes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from service.audit.samples import NewSample
from service.audit.sampling import Drawn
from service.database.tables import Decision, TaskKind
from service.drift.counts import Seen
from service.recommend.decided import Decided
from service.recommend.jobs import Job, Match, Query
from service.review.head_starts import HeadStarts
from service.review.tasks import Candidate, NewTask

NewId = Callable[[], UUID]


@dataclass(frozen=True, slots=True)
class Entry:
    """What was decided about a query, without ids yet, and what the decision was drawn for."""

    job: Job
    query: Query
    match: Match
    decided: Decided
    drawn: tuple[Drawn, ...]

    @property
    def waits(self) -> bool:
        """Return whether the answer is a person's to give."""
        return self.decided.decision is Decision.MANUAL_REVIEW

    @property
    def needs_task(self) -> bool:
        return self.waits or bool(self.drawn)

    @property
    def best(self) -> Candidate | None:
        return self.match.candidates[0] if self.match.candidates else None


def new_task(entry: Entry, new_id: NewId, head_starts: HeadStarts) -> NewTask:
    """Return the task of a query that a person is to look at, whatever the reason."""
    return NewTask(
        id=new_id(),
        kind=TaskKind.REVIEW if entry.waits else TaskKind.AUDIT,
        query_key=entry.query.key,
        source=entry.job.source,
        text=entry.query.text,
        candidates=entry.match.candidates,
        bundle_id=entry.job.served.bundle.bundle_id,
        attributes=entry.query.attributes,
        priority=entry.query.priority,
        head_start=_head_start(entry, head_starts),
    )


def _head_start(entry: Entry, head_starts: HeadStarts) -> timedelta:
    if not entry.waits:
        return head_starts.audit()
    threshold, best = entry.decided.judgement.threshold, entry.best
    below = None if threshold is None or best is None else threshold - best.deciding
    return head_starts.waiting(entry.query.priority, entry.query.attributes, below)


def decision_row(entry: Entry, decided: Decided) -> dict[str, Any]:
    """Return the row of a decision, which has its ids by now; see `insert_decisions`."""
    best, judgement, verdict = entry.best, decided.judgement, decided.verdict
    block = decided.blocked_by
    return {
        "id": decided.decision_id,
        "decision": decided.decision,
        "source": entry.job.source,
        "query_id": entry.query.id,
        "query_key": entry.query.key,
        "text": entry.query.text,
        "bundle_id": entry.job.served.bundle.bundle_id,
        "product_id": None if best is None else best.product_id,
        "score": None if best is None else best.score,
        "probability": None if best is None else best.probability,
        "target_precision": judgement.target_precision,
        "threshold": judgement.threshold,
        "group_name": judgement.group,
        "calibrated_probability": entry.match.calibrated_probability,
        # A verified decision points to the task whose verdict it repeats.
        "review_task_id": decided.review_task_id if verdict is None else verdict.task_id,
        "ruling_id": None if block is None else block.ruling_id,
    }


def new_samples(
    entry: Entry, decided: Decided, task_id: UUID, new_id: NewId
) -> Iterator[NewSample]:
    """Return a sample for each stream that the decision, which has its id, was drawn for."""
    best, judgement = entry.best, decided.judgement
    assert decided.decision_id is not None
    for drawn in entry.drawn:
        yield NewSample(
            id=new_id(),
            stream=drawn.stream,
            decision_id=decided.decision_id,
            task_id=task_id,
            inclusion_probability=drawn.inclusion_probability,
            bundle_id=entry.job.served.bundle.bundle_id,
            group_name=judgement.group,
            decision=decided.decision,
            product_id=None if best is None else best.product_id,
            deciding=None if best is None else best.deciding,
            threshold=judgement.threshold,
        )


def seen(entry: Entry) -> Seen:
    """Return what is counted of the query as traffic."""
    deciding = entry.match.deciding[0] if entry.match.deciding else -math.inf
    return Seen(entry.query.text, deciding, entry.decided.decision)
