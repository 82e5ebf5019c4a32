"""An episode is how long a threshold is in force; its watch begins and ends with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Connection

from models.thresholds import Promise
from service.database.tables import Decision
from service.promise import repository
from service.promise.effective import Effective, name_of
from service.promise.watches import Subject
from service.promise.watching import PromiseWatcher, threshold_in_force

Concerns = Callable[[Subject], bool]


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
    concerned: Concerns,
) -> None:
    """End the open watches of a bundle that this concerns."""
    for watch in repository.open_watches(connection, bundle_id):
        if concerned(watch.subject):
            repository.end_watch(connection, watcher.clock, watch.id, reason)


def start_watches(
    connection: Connection,
    watcher: PromiseWatcher,
    bundle_id: str,
    effective: Effective,
    concerned: Concerns,
) -> None:
    """Watch the thresholds in force that this concerns; no watch of them may be open."""
    for subject in subjects_of(bundle_id, effective):
        threshold = threshold_in_force(effective, subject)
        if threshold is not None and concerned(subject):
            watcher.start(connection, subject, threshold)
