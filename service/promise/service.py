"""The promise of the bundle that answers, read and changed; every method is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Engine

from models.bundle.bundle import Bundle
from models.calibration.preview import Preview, preview
from models.calibration.target import Target
from models.errors import ConfigurationError
from service.database.engine import transaction
from service.errors import UnknownGroup
from service.paging import Page, decode_id, encode_id, page_of
from service.promise import reading
from service.promise.activating import activate
from service.promise.proposals import Proposal, list_proposals
from service.promise.reading import Change, PastEstimate
from service.promise.recalibrating import calibration_of, propose
from service.promise.restoring import Restored, restore
from service.promise.status import Status, read_status
from service.promise.watching import PromiseWatcher


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=_Numbered)


@dataclass(frozen=True, slots=True)
class PromiseService:
    """What people may see of the promise, and change. All methods raise DatabaseUnavailable."""

    engine: Engine
    bundle: Bundle
    watcher: PromiseWatcher

    def status(self) -> Status:
        """Return how the promise stands, part by part."""
        with transaction(self.engine) as connection:
            return read_status(connection, self.bundle, self.watcher.target_precision)

    def estimates(self, limit: int, cursor: str | None = None) -> Page[PastEstimate]:
        """Return what watches said after each audit, newest first. Raises InvalidCursor."""
        return self._page(reading.past_estimates, limit, cursor)

    def changes(self, limit: int, cursor: str | None = None) -> Page[Change]:
        """Return what became of promises, newest first. Raises InvalidCursor."""
        return self._page(reading.changes, limit, cursor)

    def restore(self, group_name: str | None, *, person: str, reason: str) -> list[Restored]:
        """See `restoring.restore`."""
        with transaction(self.engine) as connection:
            return restore(
                connection, self.watcher, self.bundle, group_name, person=person, reason=reason
            )

    def recalibrate(self, person: str) -> Proposal:
        """See `recalibrating.propose`."""
        with transaction(self.engine) as connection:
            return propose(connection, self.watcher, self.bundle, person)

    def proposals(self, limit: int) -> list[Proposal]:
        """Return the newest proposals for this bundle, newest first."""
        with transaction(self.engine) as connection:
            return list_proposals(connection, self.bundle.bundle_id, limit)

    def activate(self, proposal_id: UUID, *, person: str, accept_stops: bool) -> Proposal:
        """See `activating.activate`."""
        with transaction(self.engine) as connection:
            return activate(
                connection,
                self.watcher,
                self.bundle,
                proposal_id,
                person=person,
                accept_stops=accept_stops,
            )

    def preview(self, target: Target, group: str | None = None) -> Preview:
        """Return what another target would bring, by what the bundle was calibrated on.

        Raises NoCalibration, and UnknownGroup for a group that the calibration does not have.
        """
        kept = calibration_of(self.bundle)
        try:
            return preview(kept, target, group)
        except ConfigurationError as error:
            raise UnknownGroup(str(error)) from error

    def _page(
        self,
        read: Callable[[Connection, int, int | None], Sequence[Row]],
        limit: int,
        cursor: str | None,
    ) -> Page[Row]:
        before = None if cursor is None else decode_id(cursor)
        with transaction(self.engine) as connection:
            rows = read(connection, limit + 1, before)
        return page_of(rows, limit, lambda last: encode_id(last.id))
