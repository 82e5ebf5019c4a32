"""What a task shows to whom: who answers it does not learn what the model thinks, nor why it is.

An audit can only tell the truth where it is answered like any other task. Hiding the scores of
audits alone would mark them, so all tasks are shown alike.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TypeVar
from uuid import UUID

from service.access.actor import Actor, Scope
from service.review.schemas import CandidateRead, QueryRead, TaskRead

Shown = TypeVar("Shown", bound=QueryRead)
Looked = TypeVar("Looked", bound=TaskRead)

OPINION = ("score", "probability", "rank")  # of a candidate
# A waiting query is counted whenever it is asked, an answered one only when it is drawn again; and
# a task may be due earlier for what the model thinks of it.
TELLTALE = ("times_asked", "last_asked_at", "due_at")  # of a task


def blind(task: Shown) -> Shown:
    """Return the task without what the model thinks, and without what tells audits from reviews.

    Its candidates are in an order that says nothing but is always the same: that of a digest of the
    task's and the product's ids.
    """
    shuffled = sorted(task.candidates, key=lambda one: blind_place(task.id, one.product_id))
    candidates = [_without_opinion(candidate) for candidate in shuffled]
    hidden = {name: None for name in TELLTALE if name in type(task).model_fields}
    return task.model_copy(update={**hidden, "candidates": candidates})


def shown(task: Looked, reader: Actor, blind_review: bool) -> Looked:
    """Return what somebody sees who looks at a task without having claimed it.

    An admin sees all. Nobody else is told why a task was opened.
    """
    if reader.may(Scope.ADMIN):
        return task
    anonymous = task.model_copy(update={"kind": None})
    return blind(anonymous) if blind_review else anonymous


def _without_opinion(candidate: CandidateRead) -> CandidateRead:
    return candidate.model_copy(update=dict.fromkeys(OPINION))


def blind_place(task_id: UUID, product_id: str) -> bytes:
    """Return what candidates are ordered by where their order is to say nothing."""
    return sha256(task_id.bytes + product_id.encode()).digest()
