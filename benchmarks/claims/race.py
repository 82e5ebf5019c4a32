"""Many people who empty one queue at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy import Engine

from service.clock import database_clock
from service.database.engine import transaction
from service.review.repository import open_tasks
from service.review.service import ReviewQueue
from service.review.tasks import Candidate, NewTask

LEASE_SECONDS = 3600
AT_ONCE = 1000  # tasks opened in one transaction
CANDIDATES = tuple(
    Candidate(f"product-{rank}", f"Bosch Serie 4 KGN39VLEB variant {rank}", 0.9 - 0.01 * rank, rank)
    for rank in range(1, 11)
)

Claim = Callable[[str], Sequence[UUID]]
"""Claims for a person; nothing where the claimer believes that there is nothing."""


@dataclass(frozen=True)
class Race:
    """What came of it: the tasks in the order in which they were handed out, and how fast."""

    handed_out: tuple[UUID, ...]
    claims: int
    seconds: float

    @property
    def claims_per_second(self) -> float:
        return self.claims / self.seconds

    @property
    def tasks_per_second(self) -> float:
        return len(self.handed_out) / self.seconds


def fill(engine: Engine, tasks: int) -> list[UUID]:
    """Open that many tasks; returns their ids."""
    ids: list[UUID] = []
    for start in range(0, tasks, AT_ONCE):
        new = [_new_task(number) for number in range(start, min(start + AT_ONCE, tasks))]
        with transaction(engine) as connection:
            ids += open_tasks(connection, database_clock, new).values()
    return ids


def claim_with(queue: ReviewQueue, count: int) -> Claim:
    """Return a claim as the service makes it, of that many tasks."""
    return lambda person: [task.id for task in queue.claim(person, count, LEASE_SECONDS)]


def race(claim: Claim, people: int, tasks: int) -> Race:
    """Let everybody claim until that many tasks are handed out, or there are none for them."""
    course = _Course(claim, people, tasks)
    begun = time.perf_counter()
    with ThreadPoolExecutor(people) as pool:
        list(pool.map(course.run, range(people)))
    seconds = time.perf_counter() - begun
    return Race(tuple(course.handed_out), course.claims, seconds)


class _Course:
    """What the claimers share."""

    def __init__(self, claim: Claim, people: int, tasks: int) -> None:
        self.handed_out: list[UUID] = []
        self.claims = 0
        self._claim, self._tasks = claim, tasks
        self._start = threading.Barrier(people)
        self._lock = threading.Lock()

    def run(self, number: int) -> None:
        self._start.wait()
        while not self._done and (got := self._claim(f"person {number}")):
            with self._lock:
                self.claims += 1
                self.handed_out += got

    @property
    def _done(self) -> bool:
        return len(self.handed_out) >= self._tasks


def _new_task(number: int) -> NewTask:
    text = f"bosch kgn39 offer {number}"
    return NewTask(
        id=uuid4(),
        query_key=sha256(text.encode()).digest(),
        source="shop",
        text=text,
        candidates=CANDIDATES,
        bundle_id="bundle",
        attributes={"brand": "Bosch", "shop": str(number % 50)},
    )
