"""The promise of the bundle that answers: read and restored; every method is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection, Engine

from models.bundle.bundle import Bundle
from service.database.engine import transaction
from service.promise import reading
from service.promise.cursor import decode_cursor, encode_cursor
from service.promise.reading import Change, PastEstimate
from service.promise.restoring import Restored, restore
from service.promise.status import Status, read_status
from service.promise.watching import PromiseWatcher


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=_Numbered)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, newest first, and the cursor behind them: None when there are no more."""

    rows: Sequence[Row]
    next_cursor: str | None


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

    def _page(
        self,
        read: Callable[[Connection, int, int | None], Sequence[Row]],
        limit: int,
        cursor: str | None,
    ) -> Page[Row]:
        before = None if cursor is None else decode_cursor(cursor)
        with transaction(self.engine) as connection:
            rows = read(connection, limit + 1, before)
        if len(rows) <= limit:
            return Page(rows, None)
        return Page(rows[:limit], encode_cursor(rows[limit - 1].id))
