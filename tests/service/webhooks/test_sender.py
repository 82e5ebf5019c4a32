"""Deliveries against a real receiver on loopback, verified as a receiver would."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine
from standardwebhooks import WebhookVerificationError

from service.database.outbox import EventType
from service.database.tables import Answer, DeliveryState
from service.webhooks.metrics import attempts_counter
from tests.service.conftest import FakeClock
from tests.service.review.queues import ask, queue_of
from tests.service.webhooks.receivers import OK, receiving, wait_until
from tests.service.webhooks.senders import (
    LOOPBACK,
    add_webhook,
    happen,
    policy,
    rules,
    sender,
    stored,
)


def test_a_receiver_gets_a_signed_event_that_it_can_verify(
    engine: Engine, clock: FakeClock
) -> None:
    with receiving() as receiver:
        _, secret = add_webhook(engine, clock, receiver.url)
        (task_id,) = ask(engine, clock, "bosch kgn39")
        queue = queue_of(engine, clock)
        (task,) = queue.claim("ann", 1, 60)
        assert task.lease_token is not None
        queue.submit(task_id, task.lease_token, "ann", Answer.ACCEPTED, ["p1"])
        with sender(engine, clock).running():
            (received,) = receiver.wait_for(1)
    told = received.verified(secret)
    person = told["data"].pop("person")
    assert person.startswith("person-")
    assert "ann" not in received.body.decode()
    assert told["type"] == "review.answered"
    assert told["timestamp"] == "2026-01-01T12:00:00Z"
    expected = {
        "task_id": str(task_id),
        "source": "shop",
        "query": "bosch kgn39",
        "answer": "accepted",
        "product_ids": ["p1"],
    }
    assert {name: told["data"][name] for name in expected} == expected
    assert received.path == "/hook"
    assert received.headers["webhook-id"].startswith("msg_")
    with pytest.raises(WebhookVerificationError):
        received.verified("whsec_" + "A" * 40)


def test_nothing_is_told_that_would_make_an_audit_known(engine: Engine, clock: FakeClock) -> None:
    with receiving() as receiver:
        add_webhook(engine, clock, receiver.url)
        ask(engine, clock, "bosch kgn39")
        queue = queue_of(engine, clock)
        (task,) = queue.claim("ann", 1, 60)
        assert task.lease_token is not None
        queue.submit(task.id, task.lease_token, "ann", Answer.NONE)
        with sender(engine, clock).running():
            (received,) = receiver.wait_for(1)
    for word in (b"kind", b"audit", b"stream", b"score", b"lease"):
        assert word not in received.body


def test_a_webhook_is_told_of_the_types_that_it_named_only(
    engine: Engine, clock: FakeClock
) -> None:
    with receiving() as receiver:
        _, secret = add_webhook(engine, clock, receiver.url, [EventType.PROMISE_BROKEN])
        happen(engine, clock, "answered", "claimed")
        happen(engine, clock, "breached", subject="promise")
        with sender(engine, clock).running():
            (received,) = receiver.wait_for(1)
    told = received.verified(secret)
    assert told["type"] == "promise.broken"
    assert len(stored(engine)) == 1


def test_what_happened_before_a_webhook_was_made_is_not_told(
    engine: Engine, clock: FakeClock
) -> None:
    happen(engine, clock, "answered")
    add_webhook(engine, clock, "http://127.0.0.1:9/")
    assert stored(engine) == []


def test_events_arrive_in_their_order(engine: Engine, clock: FakeClock) -> None:
    kinds = ["answered", "reopened", "answered", "closed"]
    with receiving() as receiver:
        _, secret = add_webhook(engine, clock, receiver.url)
        for kind in kinds:
            happen(engine, clock, kind)
            clock.advance(1)
        with sender(engine, clock).running():
            received = receiver.wait_for(4)
    assert [one.verified(secret)["type"] for one in received] == [f"review.{one}" for one in kinds]


def test_a_failed_attempt_is_repeated_with_the_same_id_after_the_wait(
    engine: Engine, clock: FakeClock
) -> None:
    with receiving((500, {}), OK) as receiver:
        _, secret = add_webhook(engine, clock, receiver.url)
        happen(engine, clock, "answered")
        with sender(engine, clock).running():
            receiver.wait_for(1)
            wait_until(lambda: stored(engine)[0].last_status == 500)
            (waiting,) = stored(engine)
            assert waiting.state is DeliveryState.PENDING
            assert (waiting.due_at - clock.now).total_seconds() == 5.0
            time.sleep(1.2)  # longer than the sender sleeps
            assert len(receiver.got) == 1
            clock.advance(5)
            first, second = receiver.wait_for(2)
            wait_until(lambda: stored(engine)[0].state is DeliveryState.DELIVERED)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert second.verified(secret) == first.verified(secret)
    (delivered,) = stored(engine)
    assert (delivered.attempts, delivered.last_status, delivered.last_error) == (2, 204, None)


def test_after_the_last_attempt_a_delivery_is_dead_until_an_admin_retries_it(
    engine: Engine, clock: FakeClock
) -> None:
    counter = attempts_counter(CollectorRegistry())
    with receiving((503, {}), (404, {}), (500, {}), OK) as receiver:
        add_webhook(engine, clock, receiver.url)
        happen(engine, clock, "answered")
        with sender(engine, clock, policy(attempts=3), counter).running():
            for status in (503, 404, 500):
                wait_until(lambda: stored(engine)[0].last_status == status)  # noqa: B023 - at once
                clock.advance(1000)
            wait_until(lambda: stored(engine)[0].state is DeliveryState.DEAD)
            (dead,) = stored(engine)
            assert dead.last_error == "the receiver answered 500"
            rules(engine, clock).retry(dead.id)
            wait_until(lambda: stored(engine)[0].state is DeliveryState.DELIVERED)
    assert len(receiver.got) == 4
    assert counter.labels("refused")._value.get() == 3
    assert counter.labels("delivered")._value.get() == 1


def test_a_receiver_is_left_alone_as_long_as_it_asks_for(engine: Engine, clock: FakeClock) -> None:
    with receiving((429, {"Retry-After": "600"})) as receiver:
        add_webhook(engine, clock, receiver.url)
        happen(engine, clock, "answered")
        with sender(engine, clock).running():
            wait_until(lambda: bool(stored(engine)) and stored(engine)[0].last_status == 429)
    assert (stored(engine)[0].due_at - clock.now).total_seconds() == 600


def test_410_ends_the_webhook_and_what_waits_for_it(engine: Engine, clock: FakeClock) -> None:
    with receiving((410, {}), OK) as receiver:
        webhook, _ = add_webhook(engine, clock, receiver.url)
        happen(engine, clock, "answered", "closed")
        with sender(engine, clock).running():
            wait_until(lambda: rules(engine, clock).list()[0].disabled_at is not None)
            happen(engine, clock, "answered")  # told to nobody
            states = [one.state for one in stored(engine)]
            assert states == [DeliveryState.DEAD, DeliveryState.DEAD]
            rules(engine, clock).enable(webhook.id, "root")
            happen(engine, clock, "reopened")
            receiver.wait_for(2)
    assert len(receiver.got) == 2


def test_a_redirect_is_not_followed(engine: Engine, clock: FakeClock) -> None:
    with receiving() as other, receiving((307, {"Location": other.url})) as receiver:
        add_webhook(engine, clock, receiver.url)
        happen(engine, clock, "answered")
        with sender(engine, clock).running():
            wait_until(lambda: stored(engine)[0].last_status == 307)
    assert other.got == []
    assert stored(engine)[0].state is DeliveryState.PENDING


def test_a_receiver_that_is_down_gets_it_when_it_is_up(engine: Engine, clock: FakeClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    _, secret = add_webhook(engine, clock, f"http://127.0.0.1:{port}/hook")
    happen(engine, clock, "answered")
    with sender(engine, clock).running():
        wait_until(lambda: stored(engine)[0].last_error is not None)
        assert stored(engine)[0].last_status is None
        with receiving(port=port) as receiver:
            clock.advance(60)
            (received,) = receiver.wait_for(1)
            received.verified(secret)


def test_an_attempt_ends_at_the_time_limit(engine: Engine, clock: FakeClock) -> None:
    with receiving(seconds=1.0) as receiver:
        add_webhook(engine, clock, receiver.url)
        happen(engine, clock, "answered")
        with sender(engine, clock, policy(timeout_seconds=0.2)).running():
            wait_until(lambda: stored(engine)[0].last_error is not None)
    assert stored(engine)[0].last_error == "no answer within 0.2 seconds"


def test_a_receiver_that_sends_a_byte_now_and_then_is_not_waited_for(
    engine: Engine, clock: FakeClock
) -> None:
    with _dripping() as url:
        add_webhook(engine, clock, url)
        happen(engine, clock, "answered")
        with sender(engine, clock, policy(timeout_seconds=0.5)).running():
            wait_until(lambda: stored(engine)[0].last_error is not None, seconds=5)
    assert stored(engine)[0].last_error == "no answer within 0.5 seconds"


@contextmanager
def _dripping() -> Iterator[str]:
    """A server that never comes to the end of its answer's head."""
    done = threading.Event()

    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nslow: ")
            while not done.wait(0.05):
                try:
                    connection.sendall(b"a")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        done.set()
        thread.join()


def test_a_slow_receiver_does_not_hold_up_the_others(engine: Engine, clock: FakeClock) -> None:
    with receiving(seconds=1.0) as slow, receiving() as quick:
        add_webhook(engine, clock, slow.url, [EventType.REVIEW_CLOSED])
        add_webhook(engine, clock, quick.url, [EventType.REVIEW_ANSWERED])
        happen(engine, clock, *["closed"] * 3, *["answered"] * 10)
        with sender(engine, clock).running():
            quick.wait_for(10)
            assert len(slow.got) <= 2


def test_replicas_never_send_to_a_webhook_at_the_same_time_and_each_event_once(
    engine: Engine, clock: FakeClock
) -> None:
    with receiving(seconds=0.01) as receiver, ExitStack() as replicas:
        add_webhook(engine, clock, receiver.url)
        happen(engine, clock, *["answered"] * 60)
        for _ in range(4):
            replicas.enter_context(sender(engine, clock).running())
        receiver.wait_for(60)
        wait_until(lambda: {one.state for one in stored(engine)} == {DeliveryState.DELIVERED})
    assert receiver.most_at_once == 1
    assert len({one.headers["webhook-id"] for one in receiver.got}) == len(receiver.got) == 60


def test_an_address_that_is_not_public_gets_nothing_by_default(
    engine: Engine, clock: FakeClock
) -> None:
    with receiving() as receiver:
        add_webhook(engine, clock, receiver.url)  # made while it was allowed
        happen(engine, clock, "answered")
        with sender(engine, clock, policy(private=())).running():
            wait_until(lambda: stored(engine)[0].last_error is not None)
    assert "127.0.0.1 is not a public address" in (stored(engine)[0].last_error or "")
    assert receiver.got == []


def test_what_was_delivered_long_ago_is_forgotten_what_is_dead_is_not(
    engine: Engine, clock: FakeClock
) -> None:
    with receiving(OK, (500, {})) as receiver:
        add_webhook(engine, clock, receiver.url)
        happen(engine, clock, "answered", "closed")
        with sender(engine, clock, policy(attempts=1)).running():
            wait_until(lambda: {one.state for one in stored(engine)} == {"delivered", "dead"})
    clock.advance(8 * 86_400)
    with sender(engine, clock).running():
        wait_until(lambda: len(stored(engine)) == 1)
    assert stored(engine)[0].state is DeliveryState.DEAD


def test_a_webhook_that_was_deleted_gets_nothing_more(engine: Engine, clock: FakeClock) -> None:
    with receiving() as receiver:
        webhook, _ = add_webhook(engine, clock, receiver.url)
        happen(engine, clock, "answered")
        rules(engine, clock, LOOPBACK).delete(webhook.id, "root")
        with sender(engine, clock).running():
            time.sleep(0.3)
    assert receiver.got == []
    assert stored(engine) == []
