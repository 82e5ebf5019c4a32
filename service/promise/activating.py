"""An admin lets proposed thresholds decide."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from models.bundle.bundle import Bundle
from service.database.events import Event, record
from service.database.tables import Decision
from service.errors import (
    ProposalActivated,
    ProposalMismatch,
    ProposalNotFound,
    ProposalStopsAutomation,
)
from service.promise import repository
from service.promise.certified import Certified
from service.promise.effective import Part, read_effective, thresholds_of
from service.promise.episodes import end_watches, start_watches
from service.promise.proposals import Proposal, get_proposal, mark_activated
from service.promise.watches import EVENT_SUBJECT, RECALIBRATED, Subject
from service.promise.watching import PromiseWatcher


def activate(
    connection: Connection,
    watcher: PromiseWatcher,
    bundle: Bundle,
    proposal_id: UUID,
    *,
    person: str,
    accept_stops: bool,
) -> Proposal:
    """Let the thresholds of a proposal decide from the next batch on.

    What was tightened before ends, and so do the watches; new ones begin. A proposal that would
    stop what is certified now is activated with `accept_stops` only. Raises ProposalNotFound,
    ProposalMismatch, ProposalActivated and ProposalStopsAutomation.
    """
    repository.lock(connection, bundle.bundle_id)
    proposal = get_proposal(connection, proposal_id)
    if proposal is None:
        raise ProposalNotFound
    _check(proposal, bundle, watcher.target_precision)
    before = read_effective(connection, bundle, watcher.target_precision).certified
    stops = stopped_by(proposal, before)
    if (stops or promises_nothing(proposal)) and not accept_stops:
        raise ProposalStopsAutomation(_in_words(stops))
    activated = mark_activated(connection, watcher.clock, proposal_id, person)
    _renew(connection, watcher, bundle, activated, person)
    details = {"proposal_id": str(proposal_id), "stops": [list(part) for part in stops]}
    event = Event(EVENT_SUBJECT, bundle.bundle_id, "activated", person, details)
    record(connection, watcher.clock, [event])
    return activated


def stopped_by(proposal: Proposal, before: Certified) -> list[Part]:
    """Return what is certified now and would not be any more.

    A group that has no promise of its own shares that of all other queries, now or then.
    """
    after = proposal.certified
    sides = [(Decision.AUTO_ACCEPT, before.promise, after.promise)]
    if before.no_match is not None and after.no_match is not None:
        sides.append((Decision.NO_MATCH, before.no_match, after.no_match))
    return [
        (decision, group)
        for decision, old, new in sides
        for group in {**thresholds_of(old), **thresholds_of(new)}
        if old.for_group(group).threshold is not None and new.for_group(group).threshold is None
    ]


def promises_nothing(proposal: Proposal) -> bool:
    """Return whether no threshold at all could be certified."""
    return all(part.threshold is None for _, part in proposal.promises)


def _check(proposal: Proposal, bundle: Bundle, target_precision: float) -> None:
    target = proposal.certified.promise.target_precision
    if proposal.bundle_id != bundle.bundle_id:
        raise ProposalMismatch(
            f"the proposal is of bundle {proposal.bundle_id}, but {bundle.bundle_id} answers;"
            " recalibrate this one. Nothing was changed"
        )
    if target != target_precision:
        raise ProposalMismatch(
            f"the proposal promises {target:g}, but this service {target_precision:g};"
            " recalibrate. Nothing was changed"
        )
    if proposal.activated_at is not None:
        raise ProposalActivated


def _renew(
    connection: Connection,
    watcher: PromiseWatcher,
    bundle: Bundle,
    proposal: Proposal,
    person: str,
) -> None:
    """End overrides and watches of what was certified anew, and watch the new thresholds."""

    def concerned(subject: Subject) -> bool:
        return subject.decision in proposal.renewed

    overrides = repository.overrides_in_force(connection, bundle.bundle_id)
    lifted = [one.id for one in overrides if concerned(one.subject)]
    reason = f"proposal {proposal.id} was activated"
    repository.lift(connection, watcher.clock, lifted, person, reason)
    after = read_effective(connection, bundle, watcher.target_precision)
    end_watches(connection, watcher, bundle.bundle_id, RECALIBRATED, concerned)
    start_watches(connection, watcher, bundle.bundle_id, after, concerned)


def _in_words(stops: Sequence[Part]) -> str:
    names = ", ".join(
        f"{decision.value} of {'all other queries' if group is None else f'group {group!r}'}"
        for decision, group in stops
    )
    return (
        "the labels do not suffice for every promise: activating this would stop"
        f" {names or 'nothing, as nothing is automated now'}. Collect more labels, or say that you"
        " accept it ('accept_stops'). Nothing was changed"
    )
