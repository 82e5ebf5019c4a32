"""Bundles that promise by groups, and rows that take something back."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

from sqlalchemy import Engine, insert

from models.bundle.bundle import Bundle
from models.thresholds import Grouping, Promise
from service.clock import SqlClock
from service.database.engine import transaction
from service.database.tables import (
    Decision,
    PromiseOverrideRow,
    PromiseProposalRow,
    PromiseWatchRow,
)
from service.promise.certified import Certified
from tests.service.recommend.jobs import bundle
from tests.small_bundle import small_promise

TARGET = 0.95
STRICT = 0.98
PHONES, FRIDGES = "phones", "fridges"


def promise_of(target: float, other: float | None, **groups: float | None) -> Promise:
    """A promise with this threshold for all queries but those of the groups."""
    return replace(
        small_promise(target, other),
        grouping=Grouping("category"),
        groups=tuple(
            replace(small_promise(target, threshold), group=group)
            for group, threshold in groups.items()
        ),
    )


ORDINARY = promise_of(TARGET, 0.8, phones=0.7, fridges=0.75)
STRICTER = promise_of(STRICT, 0.9, phones=0.85, fridges=None)


def bundle_of(*promises: Promise, no_match: Promise | None = None) -> Bundle:
    """The small bundle with other promises."""
    changed = {"promises": promises, "no_match": no_match}
    manifest = bundle().manifest.model_copy(update=changed)
    return replace(bundle(), manifest=manifest)


def add_override(
    engine: Engine,
    clock: SqlClock,
    group_name: str,
    threshold: float | None,
    *,
    decision: Decision = Decision.AUTO_ACCEPT,
    bundle_id: str | None = None,
    lifted: bool = False,
) -> UUID:
    bundle_id = bundle_id or bundle().bundle_id
    watch_id, override_id = uuid4(), uuid4()
    watch = {
        "id": watch_id,
        "bundle_id": bundle_id,
        "decision": decision,
        "group_name": group_name,
        "target_precision": TARGET,
        "threshold": 0.7,
        "state": {},
        "audits": 0,
        "errors": 0,
        "unsure": 0,
        "lower_bound": 0.0,
        "upper_bound": 1.0,
        "evidence": 1.0,
        "started_at": clock(),
        "updated_at": clock(),
        "ended_at": clock(),
        "end_reason": "breach",
    }
    override = {
        "id": override_id,
        "bundle_id": bundle_id,
        "decision": decision,
        "group_name": group_name,
        "threshold_before": 0.7,
        "threshold": threshold,
        "watch_id": watch_id,
        "created_at": clock(),
        "lifted_at": clock() if lifted else None,
        "lifted_by": "ann" if lifted else None,
        "lift_reason": "looked into it" if lifted else None,
    }
    with transaction(engine) as connection:
        connection.execute(insert(PromiseWatchRow).values(watch))
        connection.execute(insert(PromiseOverrideRow).values(override))
    return override_id


def add_proposal(
    engine: Engine,
    clock: SqlClock,
    certified: Certified,
    *,
    bundle_id: str | None = None,
    activated: bool = True,
) -> UUID:
    proposal = {
        "id": uuid4(),
        "bundle_id": bundle_id or bundle().bundle_id,
        "target_precision": certified.promise.target_precision,
        "promise": certified.to_json(),
        "evidence": {},
        "created_at": clock(),
        "created_by": "ann",
        "activated_at": clock() if activated else None,
        "activated_by": "ann" if activated else None,
    }
    with transaction(engine) as connection:
        connection.execute(insert(PromiseProposalRow).values(proposal))
    identifier = proposal["id"]
    assert isinstance(identifier, UUID)
    return identifier
