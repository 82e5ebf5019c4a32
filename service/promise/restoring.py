"""A person ends what the service did when a promise broke."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from sqlalchemy import Connection

from models.bundle.bundle import Bundle
from service.database.events import Event, record
from service.database.tables import Decision
from service.errors import NothingToRestore, ReasonEmpty, UnknownGroup
from service.promise import repository
from service.promise.effective import Effective, group_of, read_effective
from service.promise.episodes import end_watches, start_watches, subjects_of
from service.promise.repository import Override
from service.promise.watches import EVENT_SUBJECT, RESTORED, Subject
from service.promise.watching import PromiseWatcher, described, threshold_in_force


@dataclass(frozen=True, slots=True)
class Restored:
    """A part whose overrides were lifted; `threshold` is the one in force from now on."""

    decision: Decision
    group: str | None
    threshold: float | None


def restore(
    connection: Connection,
    watcher: PromiseWatcher,
    bundle: Bundle,
    group_name: str | None,
    *,
    person: str,
    reason: str,
) -> list[Restored]:
    """Let the certified thresholds of a group apply again ('': all other queries; None: all).

    Their watches end, and new ones begin without the audits so far. Raises ReasonEmpty,
    UnknownGroup, and NothingToRestore where nothing was raised or taken away.
    """
    if not reason.strip():
        raise ReasonEmpty
    repository.lock(connection, bundle.bundle_id)
    overrides = [
        one
        for one in repository.overrides_in_force(connection, bundle.bundle_id)
        if group_name in (None, one.subject.group_name)
    ]
    if not overrides:
        _refuse(read_effective(connection, bundle, watcher.target_precision), group_name)
    ids = [one.id for one in overrides]
    repository.lift(connection, watcher.clock, ids, person, reason.strip())
    after = read_effective(connection, bundle, watcher.target_precision)
    parts = {(one.subject.decision, one.subject.group_name) for one in overrides}

    def concerned(subject: Subject) -> bool:
        return (subject.decision, subject.group_name) in parts

    end_watches(connection, watcher, bundle.bundle_id, RESTORED, concerned)
    start_watches(connection, watcher, bundle.bundle_id, after, concerned)
    events = [_event(one, person, reason.strip()) for one in overrides]
    record(connection, watcher.clock, events)
    return [
        Restored(subject.decision, group_of(subject.group_name), threshold_in_force(after, subject))
        for subject in subjects_of(bundle.bundle_id, after)
        if concerned(subject)
    ]


def _refuse(effective: Effective, group_name: str | None) -> NoReturn:
    known: Sequence[str] = sorted(
        {subject.group_name for subject in subjects_of("", effective) if subject.group_name}
    )
    if group_name and group_name not in known:
        raise UnknownGroup(
            f"the promise has no group {group_name!r}; it has {', '.join(known) or 'none'}"
        )
    raise NothingToRestore


def _event(override: Override, person: str, reason: str) -> Event:
    details = {
        **described(override.subject),
        "threshold_before": override.threshold,
        "threshold": override.threshold_before,
        "reason": reason,
        "override_id": str(override.id),
    }
    return Event(EVENT_SUBJECT, override.subject.bundle_id, "restored", person, details)
