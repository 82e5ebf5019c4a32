"""The rules: what is answered by machine, by an earlier verdict, or left to people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from uuid import UUID

from sqlalchemy import Connection, Engine

from service.audit.repository import insert_samples
from service.audit.sampling import Sampling
from service.clock import SqlClock
from service.database.engine import transaction
from service.drift.recorder import TrafficRecorder
from service.errors import DatabaseUnavailable
from service.metrics import Metrics
from service.promise.effective import Effective
from service.recommend.decided import Decided, Outcome, degradation
from service.recommend.deciding import decide_one
from service.recommend.entries import Entry, decision_row, new_samples, new_task, seen
from service.recommend.in_force import PromisesInForce
from service.recommend.jobs import Job
from service.recommend.judging import judge_jobs
from service.recommend.repository import insert_decisions
from service.recommend.said import read_said
from service.review.head_starts import HeadStarts
from service.review.policy import PLAIN, Opening
from service.review.repository import open_tasks
from service.rulings.ruled_texts import RuledTexts


@dataclass(frozen=True, slots=True)
class DecisionService:
    """Decides on matched queries and records it, for several requests in one transaction.

    `answer_no_match` allows the answer that no product is right, where that is promised; `opening`
    says what its tasks are given.
    """

    engine: Engine
    clock: SqlClock
    metrics: Metrics
    new_id: Callable[[], UUID]
    promises: PromisesInForce
    sampling: Sampling
    answer_no_match: bool
    traffic: TrafficRecorder
    ruled_texts: RuledTexts
    head_starts: HeadStarts
    opening: Opening = PLAIN

    def decide(self, jobs: Sequence[Job]) -> list[Outcome | DatabaseUnavailable]:
        """Return what to answer to each job; all that is recorded is committed by then.

        While the database is away a job that needs no person is answered as degraded, and one
        that does gets the error: its task could be lost. So does one with a text on which people
        have ruled: it may be blocked, and their verdict cannot be looked up.
        """
        try:
            with self.traffic.flushing(self.clock) as flush, transaction(self.engine) as connection:
                in_force = self._read(connection, jobs)
                entries = self._decided(connection, jobs, in_force)
                recorded = iter(self._record(connection, entries))
                self.ruled_texts.follow(connection)
                flush(connection)
        except DatabaseUnavailable as error:
            return [self._unrecorded(job, error) for job in jobs]
        self._count(entries)
        return [
            self._outcome(
                list(islice(recorded, len(job.queries))),
                in_force[job.served.bundle.bundle_id],
                recorded=True,
            )
            for job in jobs
        ]

    def _read(self, connection: Connection, jobs: Sequence[Job]) -> dict[str, Effective]:
        bundles = {job.served.bundle.bundle_id: job.served for job in jobs}
        return {
            bundle_id: self.promises.read(connection, served)
            for bundle_id, served in bundles.items()
        }

    def _decided(
        self, connection: Connection, jobs: Sequence[Job], in_force: Mapping[str, Effective]
    ) -> list[Entry]:
        queries = [query for job in jobs for query in job.queries]
        said = read_said(
            connection, {query.key for query in queries}, {query.text_key for query in queries}
        )
        judged = judge_jobs(jobs, in_force, answer_no_match=self.answer_no_match)
        entries = []
        for job, judgements in zip(jobs, judged, strict=True):
            for (query, match), judgement in zip(job.pairs(), judgements, strict=True):
                verified, blocks = said.verified.get(query.key), said.blocks.get(query.text_key, {})
                decided = decide_one(job, match, judgement, verified, blocks)
                drawn = self.sampling.draw(decided.decision)
                entries.append(Entry(job, query, match, decided, drawn))
        return entries

    def _record(self, connection: Connection, entries: Sequence[Entry]) -> list[Decided]:
        """Return what was decided with its ids, once all that it needs is in the database."""
        tasks = [
            new_task(entry, self.new_id, self.head_starts) for entry in entries if entry.needs_task
        ]
        task_ids = open_tasks(connection, self.clock, tasks, self.opening)
        decided = [self._with_ids(entry, task_ids) for entry in entries]
        rows = [decision_row(entry, one) for entry, one in zip(entries, decided, strict=True)]
        insert_decisions(connection, self.clock, rows)
        samples = [
            sample
            for entry, one in zip(entries, decided, strict=True)
            if entry.drawn
            for sample in new_samples(entry, one, task_ids[entry.query.key], self.new_id)
        ]
        insert_samples(connection, self.clock, samples)
        return decided

    def _with_ids(self, entry: Entry, task_ids: Mapping[bytes, UUID]) -> Decided:
        # The task of a drawn answer stays unnamed: nobody who asks is to know of it.
        task_id = task_ids[entry.query.key] if entry.waits else None
        return replace(entry.decided, decision_id=self.new_id(), review_task_id=task_id)

    def _unrecorded(self, job: Job, error: DatabaseUnavailable) -> Outcome | DatabaseUnavailable:
        in_force = self.promises.last(job.served)
        if in_force is None or self._may_be_ruled_on(job):
            return error
        known = {job.served.bundle.bundle_id: in_force}
        [judged] = judge_jobs([job], known, answer_no_match=self.answer_no_match)
        entries = [
            Entry(job, query, match, decide_one(job, match, judgement, None, {}), ())
            for (query, match), judgement in zip(job.pairs(), judged, strict=True)
        ]
        if any(entry.waits for entry in entries):
            return error
        self._count(entries)
        return self._outcome([entry.decided for entry in entries], in_force, recorded=False)

    def _may_be_ruled_on(self, job: Job) -> bool:
        return any(self.ruled_texts.may_be_ruled_on(query.text_key) for query in job.queries)

    def _outcome(
        self, decided: Sequence[Decided], in_force: Effective, *, recorded: bool
    ) -> Outcome:
        no_match = in_force.no_match if self.answer_no_match else None
        degraded = degradation(decided, recorded=recorded)
        return Outcome(decided, in_force.promise, no_match, degraded)

    def _count(self, entries: Sequence[Entry]) -> None:
        self._see(entries)
        for entry in entries:
            self.metrics.count_decision(entry.decided.decision)
            if entry.decided.blocked_by is not None:
                self.metrics.blocked_decisions.inc()
            for drawn in entry.drawn:
                self.metrics.label_samples.labels(drawn.stream.value).inc()
            if entry.best is not None:
                self.metrics.observe_best(entry.best.score, entry.best.probability)

    def _see(self, entries: Sequence[Entry]) -> None:
        """Count the queries as traffic of the bundles that answered them."""
        for _, together in groupby(entries, lambda entry: entry.job.served.bundle.bundle_id):
            of_bundle = list(together)
            bundle = of_bundle[0].job.served.bundle
            self.traffic.add(bundle, [seen(entry) for entry in of_bundle])
