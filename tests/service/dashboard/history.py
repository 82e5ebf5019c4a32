"""A month of a service that nobody ran: traffic, audits, a broken promise, tasks that wait."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
from sqlalchemy import Connection, Engine, insert, text

from models.bundle.bundle import Bundle
from models.drift.reference import TrafficReference
from models.monitoring.settings import WatchSettings
from models.monitoring.watch import Audit, estimate, new_watch, observe
from service.database.engine import transaction
from service.database.tables import (
    Decision,
    PromiseEstimateRow,
    PromiseOverrideRow,
    PromiseWatchRow,
)
from service.drift import repository
from service.drift.counts import Counts
from service.drift.repository import HOUR, TrafficHour, hour_of
from service.promise.effective import name_of
from tests.service.conftest import FakeClock
from tests.service.review.queues import ask

SHARES = (Decision.AUTO_ACCEPT, Decision.MANUAL_REVIEW, Decision.VERIFIED, Decision.NO_MATCH)


@dataclass(frozen=True, slots=True)
class Watched:
    """So many audits of a group, one each `every`, of a precision; broken ones end with `ended`."""

    group: str | None
    threshold: float
    audits: int
    precision: float
    started_at: datetime
    every: timedelta
    stricter: float | None = None
    broken: bool = False
    target: float = 0.95
    decision: Decision = Decision.AUTO_ACCEPT


def add_traffic(engine: Engine, bundle: Bundle, now: datetime, hours: int, seed: int = 0) -> None:
    """Write hours up to the present one, days and nights; the last nine are of other queries."""
    random = np.random.default_rng(seed)
    reference = bundle.reference
    assert reference is not None
    rows = []
    for back in range(hours):
        hour = hour_of(now) - back * HOUR
        daily = 1 + 0.8 * math.sin((hour.hour - 9) / 24 * 2 * math.pi)
        queries = int(random.poisson(30 + 700 * daily))
        if back in (40, 41, 42):
            continue  # nobody asked
        rows.append(TrafficHour(bundle.bundle_id, hour, _counts(random, reference, queries, back)))
    with transaction(engine) as connection:
        repository.add(connection, rows)


def _counts(
    random: np.random.Generator, reference: TrafficReference, queries: int, back: int
) -> Counts:
    shares = np.array(reference.score_counts) / reference.queries
    odd = back < 9  # since then queries are of another kind
    if odd:
        shares = shares * np.linspace(2.2, 0.4, reference.bins)
        shares /= shares.sum()
    decided = random.multinomial(
        queries, [0.52, 0.33, 0.12, 0.03] if odd else [0.71, 0.13, 0.12, 0.04]
    )
    ngrams = queries * 34
    return Counts(
        queries=queries,
        score_counts=tuple(random.multinomial(queries, shares).tolist()),
        ngrams=ngrams,
        unseen_ngrams=int(random.binomial(ngrams, 0.061 if odd else 0.021)),
        truncated=int(random.binomial(queries, 0.012)),
        decisions=Counter(dict(zip(SHARES, decided.tolist(), strict=True))),
    )


def add_watches(engine: Engine, bundle: Bundle, *watched: Watched, seed: int = 0) -> None:
    """Write watches with what the monitor says after each audit.

    The audits themselves, their tasks and verdicts are left out: nothing here reads them.
    """
    random = np.random.default_rng(seed)
    with transaction(engine) as connection:
        connection.execute(text("set local session_replication_role = replica"))
        for one in watched:
            _add_watch(connection, bundle, one, random)


def _add_watch(
    connection: Connection, bundle: Bundle, one: Watched, random: np.random.Generator
) -> None:
    watch_id = uuid4()
    estimates = list(_estimates(one, random))
    last = estimates[-1] if estimates else {"audits": 0, "errors": 0, **_UNKNOWN}
    ended_at = last["at"] if one.broken else None
    shown = {name: last[name] for name in ("audits", "errors", *_UNKNOWN)}
    watch = {
        "id": watch_id,
        "bundle_id": bundle.bundle_id,
        "decision": one.decision,
        "group_name": name_of(one.group),
        "target_precision": one.target,
        "threshold": one.threshold,
        "state": {},
        "unsure": 0,
        "started_at": one.started_at,
        "updated_at": last.get("at", one.started_at),
        "ended_at": ended_at,
        "end_reason": "breach" if one.broken else None,
        **shown,
    }
    connection.execute(insert(PromiseWatchRow), watch)
    if estimates:
        rows = [{"watch_id": watch_id, "sample_id": uuid4(), **row} for row in estimates]
        connection.execute(insert(PromiseEstimateRow), rows)
    if one.broken:
        override = {
            "id": uuid4(),
            "bundle_id": bundle.bundle_id,
            "decision": one.decision,
            "group_name": name_of(one.group),
            "threshold_before": one.threshold,
            "threshold": one.stricter,
            "watch_id": watch_id,
            "created_at": ended_at,
        }
        connection.execute(insert(PromiseOverrideRow), override)


_UNKNOWN: dict[str, Any] = {
    "precision": None,
    "lower_bound": 0.0,
    "upper_bound": 1.0,
    "evidence": 1.0,
}


def _estimates(one: Watched, random: np.random.Generator) -> Iterator[dict[str, Any]]:
    settings = WatchSettings(target_precision=one.target)
    state = new_watch(settings)
    for place in range(one.audits):
        right = bool(random.random() < one.precision)
        state = observe(state, Audit(right, 0.02), settings)
        found = estimate(state, settings)
        yield {
            "at": one.started_at + (place + 1) * one.every,
            "audits": found.audits,
            "errors": found.errors,
            "precision": found.precision,
            "lower_bound": found.lower_bound,
            "upper_bound": found.upper_bound,
            "evidence": found.evidence,
        }


def add_tasks(engine: Engine, now: datetime, hours_ago: tuple[float, ...]) -> None:
    """Open a task at each of these times."""
    for place, hours in enumerate(hours_ago):
        ask(engine, FakeClock(now - timedelta(hours=hours)), f"query {place}")
