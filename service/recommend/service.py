"""The rules: what is answered by machine, by an earlier verdict, or left to people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from models.catalogue import Catalogue
from service.clock import SqlClock
from service.database.engine import transaction
from service.database.tables import Decision
from service.errors import DatabaseUnavailable
from service.metrics import Metrics
from service.recommend.decided import NOT_RECORDED, Decided, NamedProduct, Outcome
from service.recommend.jobs import Job, Match, Query
from service.recommend.repository import insert_decisions
from service.review.repository import open_tasks, verified_answers
from service.review.tasks import Candidate, NewTask, VerifiedAnswer


@dataclass(frozen=True, slots=True)
class DecisionService:
    """Decides on matched queries and records it, for several requests in one transaction."""

    engine: Engine
    clock: SqlClock
    metrics: Metrics
    new_id: Callable[[], UUID]

    def decide(self, jobs: Sequence[Job]) -> list[Outcome | DatabaseUnavailable]:
        """Return what to answer to each job; all that is recorded is committed by then.

        While the database is away a job that needs no person is answered as degraded, and one
        that does gets the error: its task could be lost.
        """
        try:
            with transaction(self.engine) as connection:
                outcomes = self._record(connection, jobs)
        except DatabaseUnavailable as error:
            return [self._unrecorded(job, error) for job in jobs]
        for job, outcome in zip(jobs, outcomes, strict=True):
            self._count(job, outcome)
        return list(outcomes)

    def _record(self, connection: Connection, jobs: Sequence[Job]) -> list[Outcome]:
        keys = {query.key for job in jobs for query in job.queries}
        verified = verified_answers(connection, sorted(keys))
        outcomes = [
            [decide_one(job, match, verified.get(query.key)) for query, match in job.pairs()]
            for job in jobs
        ]
        task_ids = open_tasks(connection, self.clock, self._new_tasks(jobs, outcomes))
        recorded = [
            Outcome([self._with_ids(query, decided, task_ids) for query, decided in pairs])
            for pairs in (
                zip(job.queries, decided, strict=True)
                for job, decided in zip(jobs, outcomes, strict=True)
            )
        ]
        rows = [
            row for job, outcome in zip(jobs, recorded, strict=True) for row in _rows(job, outcome)
        ]
        insert_decisions(connection, self.clock, rows)
        return recorded

    def _new_tasks(self, jobs: Sequence[Job], outcomes: list[list[Decided]]) -> list[NewTask]:
        return [
            NewTask(
                id=self.new_id(),
                query_key=query.key,
                source=job.source,
                text=query.text,
                candidates=job.matches[position].candidates,
                bundle_id=job.served.bundle.bundle_id,
                attributes=query.attributes,
            )
            for job, decided in zip(jobs, outcomes, strict=True)
            for position, query in enumerate(job.queries)
            if decided[position].decision is Decision.MANUAL_REVIEW
        ]

    def _with_ids(self, query: Query, decided: Decided, task_ids: dict[bytes, UUID]) -> Decided:
        task_id = None
        if decided.decision is Decision.MANUAL_REVIEW:
            task_id = task_ids[query.key]
        return replace(decided, decision_id=self.new_id(), review_task_id=task_id)

    def _unrecorded(self, job: Job, error: DatabaseUnavailable) -> Outcome | DatabaseUnavailable:
        decided = [decide_one(job, match, None) for _, match in job.pairs()]
        if any(one.decision is not Decision.AUTO_ACCEPT for one in decided):
            return error
        outcome = Outcome(decided, NOT_RECORDED)
        self._count(job, outcome)
        return outcome

    def _count(self, job: Job, outcome: Outcome) -> None:
        for (_, match), decided in zip(job.pairs(), outcome.decided, strict=True):
            self.metrics.count_decision(decided.decision)
            if match.candidates:
                self.metrics.observe_best(
                    match.candidates[0].score, match.candidates[0].probability
                )


def decide_one(job: Job, match: Match, verified: VerifiedAnswer | None) -> Decided:
    """Decide on one query; a person's verdict goes before the model's opinion.

    A verdict that names a product which the catalogue has no more does not count.
    """
    if verified is not None:
        products = _named(verified, match, job.served.bundle.runtime.catalogue)
        if products is not None:
            return Decided(Decision.VERIFIED, products, (), verdict=verified)
    decision = Decision.AUTO_ACCEPT if match.accepted else Decision.MANUAL_REVIEW
    accepted, others = match.candidates[: match.accepted], match.candidates[match.accepted :]
    return Decided(decision, accepted, others)


def _named(
    verified: VerifiedAnswer, match: Match, catalogue: Catalogue
) -> list[Candidate | NamedProduct] | None:
    """Return the products of a verdict, or None when one of them is gone."""
    proposed = {candidate.product_id: candidate for candidate in match.candidates}
    products: list[Candidate | NamedProduct] = []
    for product_id in verified.product_ids:
        product = catalogue.find(product_id)
        if product is None:
            return None
        products.append(proposed.get(product_id) or NamedProduct(product_id, product.title))
    return products


def _rows(job: Job, outcome: Outcome) -> list[dict[str, Any]]:
    return [
        _row(job, query, match, decided)
        for (query, match), decided in zip(job.pairs(), outcome.decided, strict=True)
    ]


def _row(job: Job, query: Query, match: Match, decided: Decided) -> dict[str, Any]:
    best = match.candidates[0] if match.candidates else None
    promise = job.served.promise
    verdict = decided.verdict
    return {
        "id": decided.decision_id,
        "decision": decided.decision,
        "source": job.source,
        "query_id": query.id,
        "query_key": query.key,
        "text": query.text,
        "bundle_id": job.served.bundle.bundle_id,
        "product_id": None if best is None else best.product_id,
        "score": None if best is None else best.score,
        "probability": None if best is None else best.probability,
        "target_precision": promise.target_precision,
        "threshold": promise.threshold,
        # A verified decision points to the task whose verdict it repeats.
        "review_task_id": decided.review_task_id if verdict is None else verdict.task_id,
    }
