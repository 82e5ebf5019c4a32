"""Claims per second of the review queue, beside the claim that one would write first.

The alternative selects `for update` without `skip locked`, checks nothing else and writes no event.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from uuid import UUID, uuid4

import typer
from sqlalchemy import Engine, text

from benchmarks.claims.race import Claim, Race, claim_with, fill, race
from service.clock import database_clock
from service.database.embedded import embedded_database
from service.database.engine import open_engine, transaction
from service.database.migrate import migrate
from service.review.service import ReviewQueue

GOAL = 500  # claims per second
PLAIN = text(
    """
    update review_tasks set state = 'leased', lease_token = gen_random_uuid(),
      lease_owner = :person, lease_until = now() + interval '1 hour', leased_at = now()
    where id = (
      select id from review_tasks where answered_at is null and closed_at is null
      and lease_token is null order by times_skipped, due_at, id limit 1 for update)
    returning id
    """
)


def main(
    tasks: Annotated[int, typer.Option(help="Tasks of the queue.")] = 10_000,
    people: Annotated[int, typer.Option(help="Who claim at the same time.")] = 16,
) -> None:
    """Print how fast a queue is handed out, and whether a task was handed out twice or lost."""
    print(f"{people} people, {tasks:,} tasks\n")
    print(f"{'claim':<30} {'claims/s':>9} {'tasks/s':>8} {'twice':>6} {'lost':>5}")
    with _database(people) as engine:
        one = _measured("ours, 1 task", engine, claim_with(_queue(engine), 1), people, tasks)
        _measured("ours, 10 tasks", engine, claim_with(_queue(engine), 10), people, tasks)
        plain = _measured("for update, no skip locked", engine, _plain(engine), people, tasks)
    ratio = one.claims_per_second / plain.tasks_per_second
    print(f"\nours, 1 task, over the alternative: {ratio:.2f} times the tasks")
    verdict = "reached" if one.claims_per_second >= GOAL else "missed"
    print(f"{GOAL} claims per second: {verdict}")


def _measured(name: str, engine: Engine, claim: Claim, people: int, tasks: int) -> Race:
    with transaction(engine) as connection:
        connection.execute(text("truncate review_tasks, events cascade"))
    opened = fill(engine, tasks)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("analyze review_tasks"))
    found = race(claim, people, tasks)
    distinct = set(found.handed_out)
    twice, lost = len(found.handed_out) - len(distinct), len(set(opened) - distinct)
    print(
        f"{name:<30} {found.claims_per_second:>9,.0f} {found.tasks_per_second:>8,.0f}"
        f" {twice:>6} {lost:>5}"
    )
    return found


def _plain(engine: Engine) -> Claim:
    def claim(person: str) -> list[UUID]:
        with transaction(engine) as connection:
            return list(connection.execute(PLAIN, {"person": person}).scalars())

    return claim


def _queue(engine: Engine) -> ReviewQueue:
    return ReviewQueue(
        engine=engine,
        clock=database_clock,
        has_product=lambda _: True,
        listeners=(),
        new_id=uuid4,
        lease_min_seconds=10,
        lease_max_seconds=3600,
    )


@contextmanager
def _database(people: int) -> Iterator[Engine]:
    """Yield an empty database as the service makes one, with a connection for everybody."""
    with (
        tempfile.TemporaryDirectory(prefix="alc-claims-", ignore_cleanup_errors=True) as directory,
        embedded_database(Path(directory) / "postgres") as url,
    ):
        engine = open_engine(url, pool_size=people, timeout_seconds=30)
        migrate(engine)
        try:
            yield engine
        finally:
            engine.dispose()


if __name__ == "__main__":
    typer.run(main)
