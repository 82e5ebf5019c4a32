"""The texts that people have ruled on, remembered for when the database is away."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Connection, Engine, Interval, Select, Table, bindparam, func, select

from service.clock import SqlClock
from service.database.engine import transaction
from service.database.tables import PairRulingRow
from service.rulings.text_filter import TextFilter

PAGE = 10_000  # rulings read at once
FRESH_SECONDS = 1.0
SETTLED_SECONDS = 30.0

Monotonic = Callable[[], float]

_rulings = cast("Table", PairRulingRow.__table__)


@dataclass(slots=True)
class _Reading:
    """How far the rulings were read that are older than `age`, which is done again and again."""

    age: timedelta
    every_seconds: float
    after: int = 0  # the id of the last one
    caught_up: bool = False
    read_at: float = -math.inf

    def due(self, now: float) -> bool:
        return not self.caught_up or now - self.read_at >= self.every_seconds


class RuledTexts:
    """Knows of nearly all rulings without asking for them one by one.

    Every ruling is read when it is new, and once more when it is half a minute old: rulings are
    numbered when they are written, so one with a lower number may be committed after those that
    were read. Like the promises it is read before the service answers, then by the one thread that
    decides.
    """

    def __init__(self, clock: SqlClock, monotonic: Monotonic) -> None:
        self._statement = _texts_after(clock)
        self._monotonic = monotonic
        self._texts = TextFilter()
        self._settled = _Reading(timedelta(seconds=SETTLED_SECONDS), SETTLED_SECONDS)
        self._fresh = _Reading(timedelta(0), FRESH_SECONDS)

    def may_be_ruled_on(self, key: bytes) -> bool:
        """Return False only for a text on which nobody had ruled when rulings were last read."""
        return not self._fresh.caught_up or key in self._texts

    def follow(self, connection: Connection) -> None:
        """Read a page of what is new, when it is time to do so."""
        now = self._monotonic()
        if self._settled.due(now):
            self._read(connection, self._settled, now)
            self._fresh.after = max(self._fresh.after, self._settled.after)
        if self._settled.caught_up and self._fresh.due(now):
            self._read(connection, self._fresh, now)

    def prepare(self, engine: Engine) -> None:
        """Read all before the first query comes; raise DatabaseUnavailable when that cannot be."""
        while not self._fresh.caught_up:
            with transaction(engine) as connection:
                self.follow(connection)

    def _read(self, connection: Connection, reading: _Reading, now: float) -> None:
        given = {"after": reading.after, "age": reading.age, "page": PAGE}
        rulings = 0
        for row in connection.execute(self._statement, given):
            self._texts.add(bytes(row.text_key))
            reading.after = max(reading.after, row.last)
            rulings += row.rulings
        reading.caught_up = rulings < PAGE
        reading.read_at = now


def _texts_after(clock: SqlClock) -> Select[Any]:
    """Return the texts of a page of rulings, each with its last id and how many it has of them."""
    old = _rulings.c.created_at <= clock() - bindparam("age", type_=Interval())
    page = (
        select(_rulings.c.id, _rulings.c.text_key)
        .where(_rulings.c.id > bindparam("after"), old)
        .order_by(_rulings.c.id)
        .limit(bindparam("page"))
        .subquery()
    )
    return select(
        page.c.text_key, func.max(page.c.id).label("last"), func.count().label("rulings")
    ).group_by(page.c.text_key)
