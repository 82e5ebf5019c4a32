"""People's verdicts on audited answers: counted, and obeyed when they break a promise.

Everything happens in the transaction of the verdict, so that a verdict counts exactly once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from models.bundle.bundle import Bundle
from models.monitoring.watch import (
    Audit,
    Estimate,
    WatchSettings,
    WatchState,
    estimate,
    new_watch,
    observe,
)
from service.clock import SqlClock
from service.database.events import SERVICE, Event, record
from service.database.tables import Decision
from service.promise import repository
from service.promise.effective import Effective, group_of, read_effective, thresholds_of
from service.promise.ladder import next_stricter
from service.promise.watches import (
    BREACH,
    EVENT_SUBJECT,
    REPLACED,
    AuditSample,
    SampleVerdict,
    Subject,
    Watch,
    was_right,
)


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """How sure the statements of a watch are to be; see `models.monitoring.settings`."""

    false_alarm: float
    confidence: float

    def settings(self, target_precision: float) -> WatchSettings:
        return WatchSettings(target_precision, self.false_alarm, self.confidence)


@dataclass(frozen=True, slots=True)
class PromiseWatcher:
    """Counts audits and tightens thresholds; it never makes one looser.

    `find_bundle` returns a bundle that answers here, None for any other: of those it is not known
    what they certified, so their watches are not begun here, and stop the group when they break.
    `target_precision` is that of the service.
    """

    clock: SqlClock
    new_id: Callable[[], UUID]
    policy: WatchPolicy
    target_precision: float
    find_bundle: Callable[[str], Bundle | None]

    def verdict_given(self, connection: Connection, task_id: UUID) -> None:
        """Count the final verdict of a task that this transaction has written, for its audits.

        Each watch counts it once: answers to one query are right or wrong together, and several
        bets on them would win by one error what only independent ones may win. One that was counted
        before, with a verdict that was since taken back, is counted in its old place. An answer
        that was given under another threshold than the watched one belongs to an older episode and
        is left out, and so is one that was drawn before that episode ended.
        """
        repository.lock_audited(connection, task_id)
        counted = repository.counting_watches(connection, task_id)
        self._recount(connection, set(counted.values()))
        counting = set(counted.values())
        for audit in repository.audit_samples(connection, task_id):
            if audit.sample.id in counted:
                continue
            watch = self._watch_of(connection, audit.sample)
            if watch is not None and watch.id not in counting:
                self._count(connection, watch, audit)
                counting.add(watch.id)

    def verdict_withdrawn(self, connection: Connection, task_id: UUID) -> None:
        """Count the watches of a task anew from which this transaction took its final verdict."""
        repository.lock_audited(connection, task_id)
        counted = repository.counting_watches(connection, task_id)
        self._recount(connection, set(counted.values()))

    def start(self, connection: Connection, subject: Subject, threshold: float) -> Watch:
        """Begin to watch a threshold; no watch of this subject may be open."""
        settings = self.policy.settings(subject.target_precision)
        state = new_watch(settings)
        return repository.insert_watch(
            connection,
            self.clock,
            self.new_id(),
            subject,
            threshold,
            state,
            estimate(state, settings),
        )

    def rebuild(self, connection: Connection, watch_id: UUID) -> Estimate:
        """Count all samples of a watch anew, in their order, with the verdicts they have now.

        Rows of estimates stay what they were: what the watch said then. Whether something follows
        from the new estimate is the caller's to decide. Raises KeyError for an unknown watch.
        """
        watch = repository.get_watch(connection, watch_id)
        if watch is None:
            raise KeyError(watch_id)
        settings = self.policy.settings(watch.subject.target_precision)
        state, unsure = new_watch(settings), 0
        for audit in repository.counted_samples(connection, watch_id):
            state, unsure = _after(state, unsure, audit, settings)
        found = estimate(state, settings)
        repository.update_watch(connection, self.clock, watch_id, state, unsure, found)
        return found

    def _recount(self, connection: Connection, watch_ids: Collection[UUID]) -> None:
        """Count watches again, and obey one that is open and now says that its promise is broken.

        What was taken back before stays so, whatever is found: only a person makes it looser.
        """
        for watch_id in sorted(watch_ids):
            found = self.rebuild(connection, watch_id)
            watch = repository.get_watch(connection, watch_id)
            if found.alarm and watch is not None and watch.ended_at is None:
                self._breach(connection, watch, found)

    def _watch_of(self, connection: Connection, sample: AuditSample) -> Watch | None:
        """Return the watch that a sample counts for, None when it belongs to an older episode."""
        subject = sample.subject
        ended = repository.last_end(connection, subject)
        if ended is not None and sample.drawn_at < ended:
            return None
        watch = repository.open_watch(connection, subject)
        if watch is not None and watch.threshold == sample.threshold:
            return watch
        if self._in_force(connection, subject) != sample.threshold:
            return None
        if watch is not None:
            repository.end_watch(connection, self.clock, watch.id, REPLACED)
        return self.start(connection, subject, sample.threshold)

    def _in_force(self, connection: Connection, subject: Subject) -> float | None:
        """Return the threshold in force, None where nothing is automated or it is not known."""
        bundle = self.find_bundle(subject.bundle_id)
        if bundle is None:
            return None
        by_product = subject.decision is Decision.AUTO_ACCEPT
        target = subject.target_precision if by_product else self.target_precision
        return threshold_in_force(read_effective(connection, bundle, target), subject)

    def _count(self, connection: Connection, watch: Watch, audit: SampleVerdict) -> None:
        settings = self.policy.settings(watch.subject.target_precision)
        state, unsure = _after(watch.state, watch.unsure, audit, settings)
        found = estimate(state, settings)
        repository.update_watch(connection, self.clock, watch.id, state, unsure, found)
        repository.insert_estimate(connection, self.clock, watch.id, audit.sample.id, found)
        if found.alarm:
            self._breach(connection, watch, found)

    def _breach(self, connection: Connection, watch: Watch, found: Estimate) -> None:
        """Take the threshold back for the next stricter one, and watch that."""
        subject, bundle = watch.subject, self.find_bundle(watch.subject.bundle_id)
        threshold = None if bundle is None else next_stricter(bundle, subject, watch.threshold)
        repository.end_watch(connection, self.clock, watch.id, BREACH)
        override_id = self.new_id()
        repository.insert_override(connection, self.clock, override_id, watch, threshold)
        details = {
            **described(subject),
            "threshold_before": watch.threshold,
            "threshold": threshold,
            "audits": found.audits,
            "errors": found.errors,
            "precision": found.precision,
            "upper_bound": found.upper_bound,
            "watch_id": str(watch.id),
            "override_id": str(override_id),
        }
        event = Event(EVENT_SUBJECT, subject.bundle_id, "breached", SERVICE, details)
        record(connection, self.clock, [event])
        in_force = self._in_force(connection, subject)
        if in_force is not None:
            self.start(connection, subject, in_force)


def _after(
    state: WatchState, unsure: int, audit: SampleVerdict, settings: WatchSettings
) -> tuple[WatchState, int]:
    right = was_right(audit)
    if right is None:
        return state, unsure + 1
    return observe(state, Audit(right, audit.sample.inclusion_probability), settings), unsure


def threshold_in_force(effective: Effective, subject: Subject) -> float | None:
    """Return the threshold of a subject, None where it is not automated or has none of its own."""
    by_product = subject.decision is Decision.AUTO_ACCEPT
    promise = effective.promise if by_product else effective.no_match
    if promise is None or promise.target_precision != subject.target_precision:
        return None
    return thresholds_of(promise).get(group_of(subject.group_name))


def described(subject: Subject) -> dict[str, str | float | None]:
    """Return what events say of a subject."""
    return {
        "decision": subject.decision.value,
        "group": group_of(subject.group_name),
        "target_precision": subject.target_precision,
    }
