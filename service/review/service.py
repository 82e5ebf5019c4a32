"""The rules of the review queue; every method is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from sqlalchemy import Connection, Engine

from service.clock import SqlClock
from service.database.engine import transaction
from service.database.tables import Answer, TaskStage, TaskState
from service.errors import (
    AlreadyAnswered,
    AnswerInconsistent,
    LeaseLost,
    LeaseSecondsOutOfRange,
    OneProductOnly,
    OpinionGiven,
    ProductNotFound,
    TaskClosed,
    TaskNotFound,
    TeamNotFound,
)
from service.review import claiming, leases, repository, undoing
from service.review.answering import Given, give
from service.review.assigning import Assigned, assign_tasks, assign_where, team_exists
from service.review.claiming import ANY, Wish
from service.review.leases import Hold
from service.review.listeners import VerdictListener
from service.review.listing import TaskFilter
from service.review.policy import PLAIN, Opening
from service.review.sql import TEAM
from service.review.sweep import sweep
from service.review.tasks import ReviewTask, StoredVerdict, Verdict
from service.review.verdicts import current_verdicts


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """Hands tasks to people and takes their verdicts.

    `has_product` looks a product id up in the current catalogue. `listeners` are told of final
    verdicts in the transaction that stores or withdraws them. `undo_within` is how long people can
    take their own answers back, `opening` what tasks are given that are asked from the start,
    `several_products` whether an answer may name more than one. All methods raise
    DatabaseUnavailable when the database does not answer.
    """

    engine: Engine
    clock: SqlClock
    has_product: Callable[[str], bool]
    listeners: Sequence[VerdictListener]
    new_id: Callable[[], UUID]
    lease_min_seconds: int
    lease_max_seconds: int
    undo_within: timedelta = timedelta(minutes=10)
    opening: Opening = PLAIN
    several_products: bool = True

    def claim(
        self, person: str, count: int, lease_seconds: int, wish: Wish = ANY
    ) -> list[ReviewTask]:
        """Lease up to `count` tasks; fewer, or none, when there are no more for this person.

        Ended leases are taken back before, and tasks closed that outlived their time. Tasks to
        adjudicate come with the opinions on them. Raises LeaseSecondsOutOfRange.
        """
        duration = self._duration(lease_seconds)
        with transaction(self.engine) as connection:
            sweep(connection, self.clock)
            claimed = claiming.claim(connection, self.clock, person, count, duration, wish)
            return _with_opinions(connection, claimed)

    def renew(self, task_id: UUID, token: UUID, person: str, lease_seconds: int) -> ReviewTask:
        """Let the lease end `lease_seconds` from now.

        Raises LeaseSecondsOutOfRange, and what `submit` raises where the task is not held.
        """
        duration, hold = self._duration(lease_seconds), Hold(task_id, token, person)
        with transaction(self.engine) as connection:
            task = leases.renew(connection, self.clock, hold, duration)
            if task is None:
                _refuse(connection, hold)
            return task

    def submit(
        self,
        task_id: UUID,
        token: UUID,
        person: str,
        answer: Answer,
        product_ids: Sequence[str] = (),
        comment: str | None = None,
    ) -> Given:
        """Record what a person said; the accepted products need not be among the candidates.

        Raises AnswerInconsistent, OneProductOnly and ProductNotFound, and where the task is not
        held by this person TaskNotFound, AlreadyAnswered, TaskClosed, OpinionGiven or LeaseLost.
        """
        products = tuple(dict.fromkeys(product_ids))
        self._check_answer(answer, products)
        verdict = Verdict(self.new_id(), answer, products, comment, person)
        hold = Hold(task_id, token, person)
        with transaction(self.engine) as connection:
            held = leases.lock_held(connection, self.clock, hold)
            if held is None:
                _refuse(connection, hold)
            task, at = held
            verdict = replace(verdict, seconds=_seconds(task, at))
            given = give(connection, self.clock, task, verdict, at)
            if given.state is TaskState.ANSWERED:
                for listener in self.listeners:
                    listener.verdict_given(connection, task_id)
            return given

    def release(
        self,
        task_id: UUID,
        token: UUID,
        person: str,
        *,
        skip: bool = False,
        reason: str | None = None,
    ) -> None:
        """Give the task back; a skipped task is handed out after all that were skipped less.

        Raises what `submit` raises where the task is not held.
        """
        hold = Hold(task_id, token, person)
        with transaction(self.engine) as connection:
            if skip:
                done = leases.skip(connection, self.clock, hold, reason)
            else:
                done = leases.release(connection, self.clock, hold)
            if not done:
                _refuse(connection, hold)

    def undo(self, task_id: UUID, person: str, lease_seconds: int) -> ReviewTask:
        """Take the person's last answer to a task back, and lease the task to the person again.

        Raises LeaseSecondsOutOfRange, TaskNotFound, NothingToUndo, UndoTooLate, TaskHeld,
        AnsweredSince, TaskClosed and QueryAskedAgain.
        """
        lease = self._duration(lease_seconds)
        with transaction(self.engine) as connection:
            taken_back = undoing.undo(
                connection,
                self.clock,
                task_id,
                lambda verdict: self._withdrawn(verdict, person),
                person,
                self.undo_within,
                lease,
                self.opening.opinions_wanted(),
            )
            if taken_back.was_final:
                self._withdraw(connection, task_id)
            return _with_opinions(connection, [taken_back.task])[0]

    def reopen(self, task_id: UUID, person: str, reason: str) -> ReviewTask:
        """Overturn a final verdict: all that people say of the task is taken back, and it waits.

        Raises TaskNotFound, NotAnswered and QueryAskedAgain.
        """
        with transaction(self.engine) as connection:
            taken_back = undoing.reopen(
                connection,
                self.clock,
                task_id,
                lambda verdict: self._withdrawn(verdict, person, reason),
                person,
                reason,
                self.opening.lifetime,
            )
            self._withdraw(connection, task_id)
            return taken_back.task

    def assign(
        self, chosen: Collection[UUID] | TaskFilter, to: str | None, person: str
    ) -> Assigned:
        """Give waiting tasks to a person or, as `team:` and its name, a team; None: to anybody.

        Raises TeamNotFound.
        """
        with transaction(self.engine) as connection:
            if to is not None and to.startswith(TEAM):
                _check_team(connection, to.removeprefix(TEAM))
            if isinstance(chosen, TaskFilter):
                return assign_where(connection, self.clock, chosen.conditions(), to, person)
            return assign_tasks(connection, self.clock, chosen, to, person)

    def _duration(self, lease_seconds: int) -> timedelta:
        if self.lease_min_seconds <= lease_seconds <= self.lease_max_seconds:
            return timedelta(seconds=lease_seconds)
        raise LeaseSecondsOutOfRange(
            f"lease_seconds is {lease_seconds}; this service allows "
            f"{self.lease_min_seconds} to {self.lease_max_seconds}"
        )

    def _check_answer(self, answer: Answer, products: Sequence[str]) -> None:
        if (answer is Answer.ACCEPTED) != bool(products):
            raise AnswerInconsistent
        if len(products) > 1 and not self.several_products:
            raise OneProductOnly
        for product_id in products:
            if not self.has_product(product_id):
                raise ProductNotFound(f"the current catalogue has no product {product_id!r}")

    def _withdrawn(
        self, verdict: StoredVerdict, person: str, comment: str | None = None
    ) -> Verdict:
        """Return what takes a verdict back."""
        return Verdict(
            id=self.new_id(),
            answer=Answer.WITHDRAWN,
            product_ids=(),
            comment=comment,
            person=person,
            stage=verdict.stage,
            supersedes=verdict.id,
        )

    def _withdraw(self, connection: Connection, task_id: UUID) -> None:
        for listener in self.listeners:
            listener.verdict_withdrawn(connection, task_id)


def _with_opinions(connection: Connection, claimed: Sequence[ReviewTask]) -> list[ReviewTask]:
    """Return the tasks, those to adjudicate with what people say about them."""
    split = [task.id for task in claimed if task.stage is TaskStage.ADJUDICATION]
    opinions = current_verdicts(connection, split) if split else []
    return [
        replace(task, opinions=tuple(one for one in opinions if one.task_id == task.id))
        for task in claimed
    ]


def _seconds(task: ReviewTask, at: datetime) -> float | None:
    """Return how long a task was held; a lease of an older release does not say when it began."""
    return None if task.leased_at is None else (at - task.leased_at).total_seconds()


def _check_team(connection: Connection, team: str) -> None:
    if not team_exists(connection, team):
        raise TeamNotFound(
            f"There is no team {team!r}; PUT /v1/teams/{{team}} or 'alc-serve teams set' makes one."
        )


def _refuse(connection: Connection, hold: Hold) -> NoReturn:
    """Say why a task could not be changed under the given lease."""
    task = repository.get(connection, hold.task_id)
    if task is None:
        raise TaskNotFound
    if task.state is TaskState.ANSWERED:
        raise AlreadyAnswered
    if task.state is TaskState.CLOSED:
        raise TaskClosed
    if any(one.person == hold.person for one in current_verdicts(connection, [task.id])):
        raise OpinionGiven
    raise LeaseLost
