"""What a task of the queue should be, told as simply as possible and without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from service.database.tables import Answer, TaskStage, TaskState


@dataclass(frozen=True)
class Opinion:
    """What somebody says of a task today."""

    person: str
    answer: Answer
    products: frozenset[str]
    at: datetime
    adjudicates: bool = False

    @property
    def key(self) -> tuple[str, Answer]:
        return self.person, self.answer


@dataclass
class Expected:
    """What the model knows of a task."""

    id: UUID
    text: str
    created_at: datetime
    expires_at: datetime
    wanted: int
    times_skipped: int = 0
    token: UUID | None = None
    owner: str | None = None
    until: datetime | None = None
    opinions: list[Opinion] = field(default_factory=list)
    split: bool = False  # a third person decides
    final: bool | None = None
    closed: bool = False
    events: list[str] = field(default_factory=lambda: ["created"])

    @property
    def ended(self) -> bool:
        return self.closed or bool(self.final)

    @property
    def waits(self) -> bool:
        return not self.ended

    @property
    def stage(self) -> TaskStage:
        return TaskStage.ADJUDICATION if self.split else TaskStage.OPINION

    @property
    def state(self) -> TaskState:
        if self.ended:
            return TaskState.CLOSED if self.closed else TaskState.ANSWERED
        if self.token is not None:
            return TaskState.LEASED
        return TaskState.ADJUDICATE if self.split else TaskState.OPEN

    def lapsed(self, now: datetime) -> bool:
        return self.until is not None and self.until <= now

    def sweep(self, now: datetime) -> None:
        """Let time end what it ends."""
        free = self.token is None or self.lapsed(now)
        if self.waits and free and self.expires_at <= now:
            self.closed = True
            self.end_lease("closed")
        elif self.waits and self.lapsed(now):
            self.end_lease("expired")

    def free_for(self, person: str) -> bool:
        return self.waits and self.token is None and person not in self.people

    @property
    def people(self) -> set[str]:
        return {one.person for one in self.opinions}

    def give(self, opinion: Opinion) -> bool:
        """Take an opinion; return whether it decides."""
        unsure = opinion.answer is Answer.UNSURE
        if self.split:
            self.opinions.append(_adjudicating(opinion))
            self.final = None if unsure else True
        else:
            self.opinions.append(opinion)
            self.wanted = 2 if unsure else self.wanted
            self._look()
        if self.final:
            self.end_lease("answered")
        else:
            self.end_lease("adjudication_wanted" if self.split else "opinion_given")
        return bool(self.final)

    def _look(self) -> None:
        if len(self.opinions) < self.wanted:
            return
        said = {(one.answer, one.products) for one in self.opinions}
        certain = all(one.answer is not Answer.UNSURE for one in self.opinions)
        if certain and len(said) == 1:
            self.final = True
        else:
            self.split = True

    def undo_refused(self, person: str, now: datetime, within: timedelta) -> str | None:
        """Return why this person cannot take the last opinion back."""
        if person not in self.people:
            return "nothing_to_undo"
        if self.opinions[-1].person != person:
            return "answered_since"
        overdue = self.expires_at <= now and (self.token is None or self.lapsed(now))
        if self.token is not None and not self.lapsed(now):
            return "task_held"
        if self.closed or (self.waits and overdue):
            return "task_closed"
        return "undo_too_late" if now - self.opinions[-1].at > within else None

    def withdraw(self, wanted: int) -> bool:
        """Take the last opinion back; return whether it had decided."""
        decided, self.final = bool(self.final), None
        last = self.opinions.pop()
        self.split = last.adjudicates
        if last.answer is Answer.UNSURE and not self.opinions:
            self.wanted = wanted
        return decided

    def reopen(self, expires_at: datetime) -> None:
        self.final, self.split, self.expires_at = None, False, expires_at
        self.opinions.clear()
        self.events.append("reopened")

    def refusal(self, person: str) -> str:
        """Return why nothing can be done with a lease that is not live."""
        if self.ended:
            return "task_closed" if self.closed else "already_answered"
        return "opinion_given" if person in self.people else "lease_lost"

    def end_lease(self, event: str) -> None:
        self.token = self.owner = self.until = None
        self.events.append(event)


def _adjudicating(opinion: Opinion) -> Opinion:
    return Opinion(opinion.person, opinion.answer, opinion.products, opinion.at, adjudicates=True)
