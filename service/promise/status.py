"""How the promise stands: what is in force for each group, and what audits say of it."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from models.bundle.bundle import Bundle
from models.thresholds import Promise
from service.database.tables import Decision
from service.promise import reading
from service.promise.effective import Effective, name_of, read_effective, thresholds_of
from service.promise.reading import BrokenPromise, LiveEstimate, SampleCounts
from service.promise.watches import Subject


class PromiseState(enum.StrEnum):
    """How the promise of a decision and group stands."""

    KEPT = "kept"  # what was certified is in force
    TIGHTENED = "tightened"  # audits spoke against it; a stricter threshold is in force
    STOPPED = "stopped"  # audits spoke against it; nothing is automated
    NOT_PROMISED = "not_promised"  # the labels did not suffice; nothing is automated


@dataclass(frozen=True, slots=True)
class Part:
    """The promise of one decision and group; `group` None is all other queries.

    `live` is what the audits of the threshold in force say, None before the first of them.
    """

    decision: Decision
    group: str | None
    state: PromiseState
    certified: Promise
    threshold: float | None
    live: LiveEstimate | None
    samples: SampleCounts


@dataclass(frozen=True, slots=True)
class Status:
    """The promise of a bundle for a target, part by part.

    `promise` is the one in force, and `proposal_id` the activated proposal that it is of: None
    where it is the bundle's own.
    """

    bundle_id: str
    promise: Promise
    proposal_id: UUID | None
    parts: Sequence[Part]
    overrides: Sequence[BrokenPromise]

    @property
    def state(self) -> PromiseState:
        """Return the one of the parts that matters most."""
        states = {part.state for part in self.parts}
        order = (PromiseState.STOPPED, PromiseState.TIGHTENED, PromiseState.KEPT)
        return next((one for one in order if one in states), PromiseState.NOT_PROMISED)


def read_status(connection: Connection, bundle: Bundle, target_precision: float) -> Status:
    """Return how the promise stands. Raises BundleError where the bundle has no such target."""
    effective = read_effective(connection, bundle, target_precision)
    live = reading.live_estimates(connection, bundle.bundle_id)
    counts = reading.sample_counts(connection, bundle.bundle_id)
    parts = parts_of(bundle.bundle_id, effective, live, counts)
    overrides = reading.broken_promises(connection, bundle.bundle_id)
    return Status(bundle.bundle_id, effective.promise, effective.proposal_id, parts, overrides)


def parts_of(
    bundle_id: str,
    effective: Effective,
    live: Mapping[Subject, LiveEstimate],
    counts: Mapping[Subject, SampleCounts],
) -> list[Part]:
    """Return how each decision and group stands, by the watches and audits that were read."""
    return [
        _part(bundle_id, decision, certified, threshold, live, counts)
        for decision, certified, threshold in _in_force(effective)
    ]


def _in_force(effective: Effective) -> Iterator[tuple[Decision, Promise, float | None]]:
    """Yield each decision and group: the promise that was certified, the threshold in force."""
    certified = effective.certified
    sides = [(Decision.AUTO_ACCEPT, certified.promise, effective.promise)]
    if certified.no_match is not None and effective.no_match is not None:
        sides.append((Decision.NO_MATCH, certified.no_match, effective.no_match))
    for decision, promised, in_force in sides:
        thresholds = thresholds_of(in_force)
        for one in (promised, *promised.groups):
            yield decision, one, thresholds[one.group]


def _part(
    bundle_id: str,
    decision: Decision,
    certified: Promise,
    threshold: float | None,
    live: Mapping[Subject, LiveEstimate],
    counts: Mapping[Subject, SampleCounts],
) -> Part:
    name = name_of(certified.group)
    subject = Subject(bundle_id, certified.target_precision, decision, name)
    found = live.get(subject)
    return Part(
        decision=decision,
        group=certified.group,
        state=_state(certified.threshold, threshold),
        certified=certified,
        threshold=threshold,
        live=found if found is not None and found.threshold == threshold else None,
        samples=counts.get(subject, SampleCounts()),
    )


def _state(certified: float | None, threshold: float | None) -> PromiseState:
    if certified is None:
        return PromiseState.NOT_PROMISED
    if threshold is None:
        return PromiseState.STOPPED
    return PromiseState.KEPT if threshold == certified else PromiseState.TIGHTENED
