"""A service that is killed while it takes an answer: the verdict is there, or the task still is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import URL, Engine, select, text

from service.access.service import create_key
from service.access.tokens import ApiKey
from service.clock import database_clock
from service.database.engine import transaction
from service.database.tables import ReviewTaskRow, TaskState, VerdictRow
from tests.service.conftest import FakeClock
from tests.service.review.queues import ask, event_kinds, queue_of

SECONDS = 30  # for anything, on a busy machine
IN_WORK = """
select count(*) from pg_stat_activity where datname = current_database()
and pid <> pg_backend_pid() and (state <> 'idle' or wait_event_type = 'Lock')
and backend_type = 'client backend'
"""


@dataclass(frozen=True)
class Killable:
    """A service that can be killed, and a task that it has leased to ann."""

    engine: Engine
    pid: int
    client: httpx2.Client
    task_id: UUID
    token: str

    def submit(self) -> int | None:
        """Return the status of the answer; None where there was none."""
        body = {"lease_token": self.token, "answer": "accepted", "product_ids": ["p1"]}
        with suppress(httpx2.HTTPError):
            return self.client.post(f"/v1/reviews/{self.task_id}/submit", json=body).status_code
        return None

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def outcome(self) -> TaskState:
        """Return what became of the task, once PostgreSQL has dealt with the dead connection."""
        _until(self.engine, lambda connection: connection.execute(text(IN_WORK)).scalar_one() == 0)
        with transaction(self.engine) as connection:
            of_task = VerdictRow.task_id == self.task_id
            verdicts = connection.execute(select(VerdictRow.id).where(of_task)).scalars().all()
            this = ReviewTaskRow.id == self.task_id
            query = select(ReviewTaskRow.state, ReviewTaskRow.verdict_id).where(this)
            task = connection.execute(query).one()
        kinds = event_kinds(self.engine, self.task_id)
        state: TaskState = task.state
        if state is TaskState.ANSWERED:
            assert (verdicts, list(kinds)) == (
                [task.verdict_id],
                ["created", "claimed", "answered"],
            )
        else:
            assert (state, verdicts, list(kinds)) == (TaskState.LEASED, [], ["created", "claimed"])
            self._somebody_else_gets_it()
        return state

    def _somebody_else_gets_it(self) -> None:
        with transaction(self.engine) as connection:
            now = connection.execute(select(database_clock())).scalar_one()
        later = FakeClock(now + timedelta(hours=1))
        [task] = queue_of(self.engine, later).claim("ben", 1, 60)
        assert task.id == self.task_id


@pytest.fixture(scope="module")
def program(database_url: URL) -> Iterator[subprocess.Popen[str]]:
    url = database_url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.service.review.killable", url]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        yield program
        program.communicate()


@pytest.fixture
def killable(program: subprocess.Popen[str], engine: Engine) -> Iterator[Killable]:
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write("serve\n")
    program.stdin.flush()
    ready = next(line for line in program.stdout if line.startswith("ready "))
    pid, port = map(int, ready.split()[1:])
    key = ApiKey.random()
    create_key(engine, database_clock, key, "ann", ["review"], by="test")
    (task_id,) = ask(engine, database_clock, "bosch kgn39")
    headers = {"Authorization": f"Bearer {key}"}
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx2.Client(base_url=url, headers=headers, timeout=SECONDS) as client:
            claimed = client.post("/v1/reviews/claim", json={}).json()["tasks"]
            yield Killable(engine, pid, client, task_id, claimed[0]["lease_token"])
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_killed_with_the_verdict_written_but_not_committed_the_task_waits(
    killable: Killable,
) -> None:
    with _journal_is_locked(killable.engine):
        answer = threading.Thread(target=killable.submit)
        answer.start()
        _until(killable.engine, _somebody_waits_for_a_lock)
        killable.kill()
        answer.join(SECONDS)
    assert killable.outcome() is TaskState.LEASED


def test_killed_after_the_answer_the_verdict_is_there(killable: Killable) -> None:
    assert killable.submit() == 200
    killable.kill()
    assert killable.outcome() is TaskState.ANSWERED


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 3, 5, 8, 13, 21, 34])
def test_killed_at_any_moment_there_is_the_verdict_or_the_task(
    killable: Killable, milliseconds: int
) -> None:
    statuses: list[int | None] = []
    answer = threading.Thread(target=lambda: statuses.append(killable.submit()))
    answer.start()
    time.sleep(milliseconds / 1000)
    killable.kill()
    answer.join(SECONDS)
    state = killable.outcome()
    if statuses == [200]:
        assert state is TaskState.ANSWERED


@contextmanager
def _journal_is_locked(engine: Engine) -> Iterator[None]:
    """Let nobody write an event, which comes last of what a verdict needs."""
    with transaction(engine) as connection:
        connection.execute(text("lock table events in share mode"))
        yield


def _somebody_waits_for_a_lock(connection: Any) -> bool:
    query = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    count: int = connection.execute(text(query)).scalar_one()
    return count > 0


def _until(engine: Engine, true: Any) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with transaction(engine) as connection:
            if true(connection):
                return
        time.sleep(0.01)
    raise AssertionError("it did not happen")
