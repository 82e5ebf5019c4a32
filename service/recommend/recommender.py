"""Micro-batches: requests that arrive together are encoded, searched and recorded together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog

from service.bundles.holder import ServedBundle
from service.errors import Overloaded
from service.metrics import Metrics
from service.recommend.decided import Outcome
from service.recommend.jobs import Job, Part, Query, parts_of
from service.recommend.matching import match_parts
from service.recommend.service import DecisionService
from service.recommend.stage import Stage

log = structlog.get_logger(__name__)


class Recommender:
    """Two threads in a row: one encodes and searches, the other decides and records.

    Each takes what waits, at most `max_batch` queries at once, so that a lone request waits for
    nothing and many share the cost of a matrix product and of a commit. A request with more
    queries is searched in several batches and recorded in one transaction. All methods belong
    to the event loop.
    """

    def __init__(
        self, decisions: DecisionService, metrics: Metrics, max_batch: int, max_waiting: int
    ) -> None:
        self._decisions = decisions
        self._metrics = metrics
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._waiting = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._match = Stage("match", self._match_batch, self._parts_fit)
        self._decide = Stage("decide", self._decide_batch, self._jobs_fit)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Answer until the end of the block; what was submitted by then is answered."""
        self._loop = asyncio.get_running_loop()
        self._match.start()
        self._decide.start()
        try:
            yield
        finally:
            self._match.stop()
            self._decide.stop()

    @property
    def waiting(self) -> int:
        """Return how many queries were submitted and are not answered yet."""
        return self._waiting

    def submit(
        self,
        served: ServedBundle,
        source: str,
        queries: Sequence[Query],
        k: int,
        *,
        explain: bool = False,
    ) -> Job:
        """Queue a request; its `answered` gets the outcome, or DatabaseUnavailable.

        Cancel `answered` when nobody waits any more: what is not yet recorded then never is.
        Raises Overloaded when too many queries wait already.
        """
        if self._loop is None or self._waiting >= self._max_waiting:
            raise Overloaded
        now, answered = time.perf_counter(), self._loop.create_future()
        job = Job(served, source, queries, k, now, answered, explain)
        self._waiting += len(queries)
        job.answered.add_done_callback(lambda _: self._forget(len(queries)))
        for part in parts_of(job, self._max_batch):
            self._match.put(part)
        return job

    def _forget(self, queries: int) -> None:
        self._waiting -= queries

    def _parts_fit(self, batch: list[Part], part: Part) -> bool:
        same = batch[0].job.served is part.job.served
        return same and sum(map(len, batch)) + len(part) <= self._max_batch

    def _jobs_fit(self, batch: list[Job], job: Job) -> bool:
        return sum(len(one.queries) for one in batch) + len(job.queries) <= self._max_batch

    def _match_batch(self, parts: list[Part]) -> None:
        live = [part for part in parts if not part.job.abandoned]
        if not live:
            return
        try:
            match_parts(live, self._metrics)
        except Exception as error:
            log.exception("matching_failed", queries=sum(map(len, live)))
            self._deliver([(part.job, error) for part in live])
            return
        for part in live:
            # Parts of a job follow each other, so the last one completes it.
            if part.job.matched:
                self._decide.put(part.job)

    def _decide_batch(self, jobs: list[Job]) -> None:
        live = [job for job in jobs if not job.abandoned]
        if not live:
            return
        try:
            outcomes = self._decisions.decide(live)
        except Exception as error:
            log.exception("deciding_failed", queries=sum(len(job.queries) for job in live))
            self._deliver([(job, error) for job in live])
            return
        self._deliver(list(zip(live, outcomes, strict=True)))

    def _deliver(self, results: Sequence[tuple[Job, Outcome | Exception]]) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(_set_results, results)


def _set_results(results: Sequence[tuple[Job, Outcome | Exception]]) -> None:
    for job, outcome in results:
        if job.answered.done():
            continue
        if isinstance(outcome, Outcome):
            job.answered.set_result(outcome)
        else:
            job.answered.set_exception(outcome)
