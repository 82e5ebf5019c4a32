"""The thread that delivers: the outbox remembers, so that a kill at any moment loses nothing."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from prometheus_client import Counter
from sqlalchemy import Engine

from service.access.pseudonyms import Pseudonyms, read_pseudonyms
from service.clock import SqlClock
from service.database.engine import transaction
from service.errors import DatabaseUnavailable, WebhookUrlRefused
from service.webhooks import repository
from service.webhooks.addresses import Network
from service.webhooks.deliveries import Attempt, Outcome
from service.webhooks.outcomes import (
    DELIVERED,
    FORBIDDEN,
    GONE,
    TIMEOUT,
    UNREACHABLE,
    Backoff,
    of_status,
)
from service.webhooks.payload import body_of, headers_of
from service.webhooks.posting import post

LANES = 4  # webhooks that are sent to at once; slow ones make the others wait for their turn
POLL_SECONDS = 1.0
FORGET_SECONDS = 600.0
STOP_SECONDS = 2.0  # for what is on its way when the service stops
LEASE_SPARE_SECONDS = 10.0  # beyond the time limit of an attempt, to record what came of it

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Policy:
    """How deliveries are made; see the settings `webhook_*`."""

    backoff: Backoff
    timeout_seconds: float
    private: Sequence[Network]
    keep: timedelta


class WebhookSender:
    """Delivers what is due, one delivery of a webhook at a time, several webhooks at once.

    All replicas may run one: a webhook is leased to one of them for the length of an attempt.
    """

    def __init__(
        self,
        engine: Engine,
        clock: SqlClock,
        now: Callable[[], datetime],
        policy: Policy,
        attempts: Counter,
    ) -> None:
        """`now` is the time of signatures, in UTC; `attempts` counts by outcome."""
        self._engine = engine
        self._clock = clock
        self._now = now
        self._policy = policy
        self._attempts = attempts
        self._pseudonyms: Pseudonyms | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Deliver until the end of the block."""
        stop = threading.Event()
        thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(stop)), name="webhooks", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    async def _serve(self, stop: threading.Event) -> None:
        stopped = asyncio.create_task(asyncio.to_thread(stop.wait))
        on_the_way: set[asyncio.Task[None]] = set()
        forget_at = 0.0
        while not stopped.done():
            attempt = await self._next() if len(on_the_way) < LANES else None
            if attempt is not None:
                on_the_way.add(asyncio.create_task(self._deliver(attempt)))
                continue
            if (moment := asyncio.get_running_loop().time()) >= forget_at:
                await self._forget()
                forget_at = moment + FORGET_SECONDS
            waited = {stopped, *on_the_way}
            await asyncio.wait(waited, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            on_the_way = {task for task in on_the_way if not task.done()}
        await _let_finish(on_the_way)

    async def _next(self) -> Attempt | None:
        try:
            return await asyncio.to_thread(self._take)
        except DatabaseUnavailable:
            return None  # others say so; what is due stays due
        except Exception:
            log.exception("webhook_not_taken")
            return None

    def _take(self) -> Attempt | None:
        lease = timedelta(seconds=self._policy.timeout_seconds + LEASE_SPARE_SECONDS)
        with transaction(self._engine) as connection:
            attempt = repository.take(connection, self._clock, lease)
            if attempt is not None and self._pseudonyms is None:
                self._pseudonyms = read_pseudonyms(connection, self._clock)
        return attempt

    async def _deliver(self, attempt: Attempt) -> None:
        """Try once, and record what came of it; where that fails, the lease ends by itself."""
        try:
            outcome = await self._post(attempt)
            self._attempts.labels(outcome.name).inc()
            await asyncio.to_thread(self._finish, attempt, outcome)
        except DatabaseUnavailable as error:
            log.warning("webhook_attempt_not_recorded", code=error.code)
        except Exception:
            log.exception("webhook_attempt_failed", delivery_id=str(attempt.delivery_id))

    async def _post(self, attempt: Attempt) -> Outcome:
        assert self._pseudonyms is not None
        body = body_of(attempt.happened, self._pseudonyms)
        headers = headers_of(attempt, body, self._now())
        policy = self._policy
        try:
            answer = await post(attempt.url, headers, body, policy.private, policy.timeout_seconds)
        except WebhookUrlRefused as error:
            return Outcome(FORBIDDEN, error=str(error))
        except TimeoutError:
            return Outcome(TIMEOUT, error=f"no answer within {policy.timeout_seconds:g} seconds")
        except (OSError, ssl.SSLError, UnicodeError) as error:  # of names that are none
            return Outcome(UNREACHABLE, error=str(error) or type(error).__name__)
        return of_status(answer.status, answer.headers.get("retry-after"), self._now())

    def _finish(self, attempt: Attempt, outcome: Outcome) -> None:
        backoff = self._policy.backoff
        with transaction(self._engine) as connection:
            if outcome.name == DELIVERED:
                repository.finish_delivered(connection, self._clock, attempt, outcome)
                return
            dead = outcome.name == GONE or backoff.is_last(attempt.number)
            wait = None if dead else timedelta(seconds=backoff.wait(attempt.number, outcome))
            held = repository.finish_failed(connection, self._clock, attempt, outcome, wait)
            if held and outcome.name == GONE:
                reason = "the receiver answered 410 Gone"
                repository.disable_webhook(connection, self._clock, attempt.webhook_id, reason)

    async def _forget(self) -> None:
        try:
            await asyncio.to_thread(self._forget_delivered)
        except DatabaseUnavailable:
            return  # they are forgotten the next time

    def _forget_delivered(self) -> None:
        with transaction(self._engine) as connection:
            repository.forget_delivered(connection, self._clock, self._policy.keep)


async def _let_finish(on_the_way: set[asyncio.Task[None]]) -> None:
    """Wait a little for what is on its way; what is cut off is delivered once more later."""
    if not on_the_way:
        return
    _, late = await asyncio.wait(on_the_way, timeout=STOP_SECONDS)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
