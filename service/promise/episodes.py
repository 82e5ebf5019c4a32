"""An episode is how long a threshold is in force; its watch begins and ends with it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from models.thresholds import Promise
from service.database.tables import Decision
from service.promise import repository
from service.promise.effective import Effective, name_of
from service.promise.watches import Subject
from service.promise.watching import PromiseWatcher, threshold_in_force

PartName = tuple[Decision, str]
"""A decision and a group, as the database names them."""


def subjects_of(bundle_id: str, effective: Effective) -> Iterator[Subject]:
    """Yield all that a promise has a threshold of its own for, in its order."""
    for decision, promise in sides(effective):
        for one in (promise, *promise.groups):
            yield Subject(bundle_id, promise.target_precision, decision, name_of(one.group))


def sides(effective: Effective) -> list[tuple[Decision, Promise]]:
    """Return the promises in force, of each kind of automatic answer."""
    found = [(Decision.AUTO_ACCEPT, effective.promise)]
    if effective.no_match is not None:
        found.append((Decision.NO_MATCH, effective.no_match))
    return found


def end_watches(
    connection: Connection,
    watcher: PromiseWatcher,
    bundle_id: str,
    reason: str,
    parts: set[PartName] | None = None,
) -> None:
    """End the open watches of a bundle, of these parts or of all."""
    for watch in repository.open_watches(connection, bundle_id):
        if parts is None or (watch.subject.decision, watch.subject.group_name) in parts:
            repository.end_watch(connection, watcher.clock, watch.id, reason)


def start_watches(
    connection: Connection,
    watcher: PromiseWatcher,
    bundle_id: str,
    effective: Effective,
    parts: set[PartName] | None = None,
) -> None:
    """Watch the thresholds in force, of these parts or of all; no watch of them may be open."""
    for subject in subjects_of(bundle_id, effective):
        threshold = threshold_in_force(effective, subject)
        chosen = parts is None or (subject.decision, subject.group_name) in parts
        if chosen and threshold is not None:
            watcher.start(connection, subject, threshold)
