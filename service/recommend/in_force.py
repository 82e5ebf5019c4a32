"""The promises in force, remembered for when the database is away."""

from __future__ import annotations

from sqlalchemy import Connection, Engine

from service.bundles.holder import ServedBundle
from service.database.engine import transaction
from service.promise.effective import Effective, read_effective


class PromisesInForce:
    """Reads what is promised now, and keeps what it read last of each bundle.

    It is read before the service answers, then by the one thread that decides.
    """

    def __init__(self) -> None:
        self._last: dict[str, Effective] = {}  # by bundle id

    def read(self, connection: Connection, served: ServedBundle) -> Effective:
        """Return what is promised as this transaction sees it."""
        found = read_effective(connection, served.bundle, served.promise.target_precision)
        self._last[served.bundle.bundle_id] = found
        return found

    def last(self, served: ServedBundle) -> Effective | None:
        """Return what was promised when it was last read; None when it never was.

        Nothing may be answered then: the bundle's own promise may have broken long ago.
        """
        return self._last.get(served.bundle.bundle_id)

    def prepare(self, engine: Engine, served: ServedBundle) -> None:
        """Read before the first query comes; raise DatabaseUnavailable when that cannot be."""
        with transaction(engine) as connection:
            self.read(connection, served)
