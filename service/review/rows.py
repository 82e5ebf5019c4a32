"""Between the columns of the review tables and what the rest of the service works with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from service.database.tables import TaskStage, TaskState
from service.review.tasks import (
    Candidate,
    NewTask,
    ReviewTask,
    StoredVerdict,
    TaskEvent,
    VerifiedAnswer,
)


def new_task_row(task: NewTask, times_asked: int, opinions_wanted: int) -> dict[str, Any]:
    return {
        "id": task.id,
        "kind": task.kind,
        "state": TaskState.OPEN,
        "source": task.source,
        "query_key": task.query_key,
        "text": task.text,
        "attributes": dict(task.attributes),
        "candidates": [_candidate_row(candidate) for candidate in task.candidates],
        "bundle_id": task.bundle_id,
        "times_asked": times_asked,
        "times_skipped": 0,
        "stage": TaskStage.OPINION,
        "opinions_wanted": opinions_wanted,
        "priority": task.priority,
        "head_start": task.head_start.total_seconds(),
    }


def task_from(row: Row[Any]) -> ReviewTask:
    return ReviewTask(
        id=row.id,
        kind=row.kind,
        state=row.state,
        source=row.source,
        text=row.text,
        attributes=row.attributes,
        candidates=tuple(Candidate(**candidate) for candidate in row.candidates),
        bundle_id=row.bundle_id,
        times_asked=row.times_asked,
        times_skipped=row.times_skipped,
        created_at=row.created_at,
        last_asked_at=row.last_asked_at,
        lease_token=row.lease_token,
        lease_owner=row.lease_owner,
        lease_until=row.lease_until,
        leased_at=row.leased_at,
        answered_at=row.answered_at,
        stage=row.stage,
        opinions_wanted=row.opinions_wanted,
        priority=row.priority,
        due_at=row.due_at,
        assigned_to=row.assigned_to,
        expires_at=row.expires_at,
        closed_at=row.closed_at,
        close_reason=row.close_reason,
        verdict_id=row.verdict_id,
    )


def verdict_from(row: Row[Any]) -> StoredVerdict:
    return StoredVerdict(
        id=row.id,
        task_id=row.task_id,
        stage=row.stage,
        origin=row.origin,
        supersedes=row.supersedes,
        bulk_id=row.bulk_id,
        seconds=row.seconds,
        answer=row.answer,
        product_ids=tuple(row.product_ids),
        comment=row.comment,
        person=row.person,
        created_at=row.created_at,
    )


def verified_from(row: Row[Any]) -> VerifiedAnswer:
    return VerifiedAnswer(
        task_id=row.task_id,
        answer=row.answer,
        product_ids=tuple(row.product_ids),
        person=row.person,
        answered_at=row.created_at,
    )


def event_from(row: Row[Any]) -> TaskEvent:
    return TaskEvent(at=row.at, kind=row.kind, actor=row.actor, details=row.details)


def _candidate_row(candidate: Candidate) -> dict[str, Any]:
    return {
        "product_id": candidate.product_id,
        "title": candidate.title,
        "score": candidate.score,
        "probability": candidate.probability,
        "rank": candidate.rank,
    }
