"""What the review queue holds: tasks, their candidates, verdicts and events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.decider.reasons import Reason
from service.database.tables import Answer, TaskKind, TaskStage, TaskState

QUEUE, IMPORT, BULK = "queue", "import", "bulk"
"""Where verdicts come from; those of the queue were given under a lease."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One product that the model proposed; `rank` starts at 1.

    `probability` is None where no decider judged it, `reasons` also where nobody asked for them;
    they are not stored.
    """

    product_id: str
    title: str
    score: float
    rank: int
    probability: float | None = None
    reasons: tuple[Reason, ...] | None = None

    @property
    def deciding(self) -> float:
        """Return what is compared with a threshold, of a candidate that may be the best."""
        return self.score if self.probability is None else self.probability


@dataclass(frozen=True, slots=True)
class NewTask:
    """A query that a person is to look at: it waits for that, or its answer is checked.

    `id` and `kind` are used only when no unanswered task has this key. `priority` and `head_start`,
    how long before it is made the task is due, raise one that is there, and never lower it.
    """

    id: UUID
    query_key: bytes
    source: str
    text: str
    candidates: tuple[Candidate, ...]
    bundle_id: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    kind: TaskKind = TaskKind.REVIEW
    priority: int = 0
    head_start: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class VerifiedAnswer:
    """What a person said about a query: `accepted` with its products, or `none`."""

    task_id: UUID
    answer: Answer
    product_ids: tuple[str, ...]
    person: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is written when a person answers a task, or takes an answer back.

    `supersedes` is the verdict that is taken back, `seconds` the time from the claim to the answer.
    """

    id: UUID
    answer: Answer
    product_ids: tuple[str, ...]
    comment: str | None
    person: str
    stage: TaskStage = TaskStage.OPINION
    origin: str = QUEUE
    supersedes: UUID | None = None
    bulk_id: UUID | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class StoredVerdict(Verdict):
    """A verdict as it was recorded."""

    task_id: UUID = field(kw_only=True)
    created_at: datetime = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """One change of a task's state."""

    at: datetime
    kind: str
    actor: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReviewTask:
    """A task as it is stored, with its lease; the token is None unless the task is leased.

    `stage` says what the next verdict is, and `verdict_id` which verdict is the final one: None
    unless the task is answered. `opinions` are the current verdicts, where
    somebody is to adjudicate.
    """

    id: UUID
    kind: TaskKind
    state: TaskState
    source: str
    text: str
    attributes: Mapping[str, str]
    candidates: tuple[Candidate, ...]
    bundle_id: str
    times_asked: int
    times_skipped: int
    created_at: datetime
    last_asked_at: datetime
    lease_token: UUID | None
    lease_owner: str | None
    lease_until: datetime | None
    leased_at: datetime | None
    answered_at: datetime | None
    stage: TaskStage
    opinions_wanted: int
    priority: int
    due_at: datetime
    assigned_to: str | None
    expires_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    verdict_id: UUID | None
    opinions: tuple[StoredVerdict, ...] = ()
