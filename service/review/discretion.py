"""Whose opinion is whose: names are for admins, and nobody reads opinions before giving one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from service.access.actor import Actor, Scope
from service.database.tables import TaskStage
from service.review.schemas import EventRead, OpinionRead, TaskHistoryRead, VerdictRead
from service.review.tasks import StoredVerdict

Said = TypeVar("Said", VerdictRead, OpinionRead)


def opinions_for(reader: Actor, opinions: Sequence[StoredVerdict]) -> list[OpinionRead]:
    """Return what somebody reads who is to decide between these."""
    return [_unnamed(OpinionRead.model_validate(one), reader) for one in opinions]


def discreet(task: TaskHistoryRead, reader: Actor) -> TaskHistoryRead:
    """Return what somebody may read of a task's history.

    While opinions are asked for, those of others are left out, so that the next one is independent
    of them. An admin reads all.
    """
    if reader.may(Scope.ADMIN):
        return task
    hidden = _asks_for_opinions(task)
    verdicts = [one for one in task.verdicts if not hidden or one.person == reader.name]
    return task.model_copy(
        update={
            "verdict": None if task.verdict is None else _unnamed(task.verdict, reader),
            "verdicts": [_unnamed(one, reader) for one in verdicts],
            "events": [_event(one, task.source, reader, hidden=hidden) for one in task.events],
        }
    )


def _asks_for_opinions(task: TaskHistoryRead) -> bool:
    ended = task.answered_at is not None or task.closed_at is not None
    return not ended and task.stage is TaskStage.OPINION


def _unnamed(said: Said, reader: Actor) -> Said:
    if said.person == reader.name or reader.may(Scope.ADMIN):
        return said
    return said.model_copy(update={"person": None})


def _event(event: EventRead, source: str, reader: Actor, *, hidden: bool) -> EventRead:
    if event.actor == reader.name:
        return event
    # Who asked is no secret: the task names its source.
    actor = event.actor if event.actor == source else None
    return event.model_copy(update={"actor": actor, **({"details": {}} if hidden else {})})
