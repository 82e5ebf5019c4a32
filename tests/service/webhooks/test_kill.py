"""SIGKILL of the whole service at the worst moments: every event is told at least once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from sqlalchemy import URL, Engine

from service.access.service import create_key
from service.access.tokens import ApiKey
from service.clock import database_clock
from tests.service.conftest import FakeClock
from tests.service.review.queues import ask
from tests.service.webhooks.receivers import Receiver, receiving, wait_until
from tests.service.webhooks.senders import add_webhook, sender, stored

SERVICE = """
import socket, sys
from ipaddress import ip_network
import uvicorn
from sqlalchemy import make_url
from service.app import create_app
from service.database.engine import open_engine
from service.server import server_config
from service.settings import Settings

engine = open_engine(make_url(sys.argv[1]), pool_size=5, timeout_seconds=15)
app = create_app(Settings(webhook_private_addresses=[ip_network("127.0.0.0/8")]), engine)
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
uvicorn.Server(server_config(app)).run(sockets=[listener])
"""
Wait = Callable[[Receiver, Engine], object]

MOMENTS: dict[str, Wait] = {
    "before anything is sent": lambda _receiver, _engine: None,
    "while the receiver is at work": lambda receiver, _engine: receiver.wait_for(1),
    "after the receiver has answered": lambda _receiver, engine: wait_until(
        lambda: stored(engine)[0].state == "delivered"
    ),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_answer_is_told_although_the_service_is_killed(
    engine: Engine, database_url: URL, moment: str
) -> None:
    key = ApiKey.random()
    create_key(engine, database_clock, key, "ann", ["review"], by="test")
    (task_id,) = ask(engine, database_clock, "bosch kgn39")
    with receiving(seconds=0.5) as receiver:
        _, secret = add_webhook(engine, database_clock, receiver.url)
        with _service(database_url) as url:
            _answer_one(url, key)
            MOMENTS[moment](receiver, engine)
        assert len(stored(engine)) == 1
        later = FakeClock(datetime.now(UTC) + timedelta(days=1))  # the lease has ended
        with sender(engine, later).running():
            wait_until(lambda: stored(engine)[0].state == "delivered")
    assert {one.verified(secret)["data"]["task_id"] for one in receiver.got} == {str(task_id)}
    assert len({one.headers["webhook-id"] for one in receiver.got}) == 1


@contextmanager
def _service(database_url: URL) -> Iterator[str]:
    """Yield the URL of a service in a process of its own, which is killed at the end."""
    command = [sys.executable, "-c", SERVICE, database_url.render_as_string(hide_password=False)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def _answer_one(url: str, key: ApiKey) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    with httpx2.Client(base_url=url, headers=headers, timeout=30) as client:
        (task,) = client.post("/v1/reviews/claim", json={"count": 1}).json()["tasks"]
        answer = {"lease_token": task["lease_token"], "answer": "none"}
        submitted = client.post(f"/v1/reviews/{task['id']}/submit", json=answer)
        assert submitted.status_code == 200
