"""The rules: a final verdict rules on pairs, a withdrawn one does not, a person may overturn both.

What `RulingKeeper` does is part of a verdict's transaction; each method of `RulingBook` is one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine

from service.clock import SqlClock
from service.database.engine import transaction
from service.database.events import Event, record
from service.database.tables import Ruling
from service.errors import ProductNotFound
from service.paging import Page, decode_id, encode_id, page_of
from service.recommend.keys import text_key
from service.rulings import repository
from service.rulings.rulings import NewRuling, StoredRuling, restored, rulings_of

SUBJECT = "ruling"  # of events; their subject id is the ruling's


@dataclass(frozen=True, slots=True)
class RulingKeeper:
    """Rules on pairs as final verdicts come and go; see `service.review.listeners`."""

    clock: SqlClock

    def verdict_given(self, connection: Connection, task_id: UUID) -> None:
        """Record what follows from the final verdict of a task."""
        verdict = repository.final_verdict(connection, task_id)
        if verdict is None:
            return
        repository.lock(connection, verdict.text_key)
        repository.append(connection, self.clock, list(rulings_of(verdict)))

    def verdict_withdrawn(self, connection: Connection, task_id: UUID) -> None:
        """Let hold again what held before; where another ruling came after, it goes on to hold."""
        key = text_key(repository.text_of(connection, task_id))
        repository.lock(connection, key, alone=True)
        histories = repository.histories(connection, key)
        repository.append(connection, self.clock, list(restored(histories)))


@dataclass(frozen=True, slots=True)
class RulingBook:
    """Shows rulings, and takes those that are made by hand.

    `has_product` looks a product id up in the current catalogue.
    """

    engine: Engine
    clock: SqlClock
    has_product: Callable[[str], bool]

    def rule_by_hand(
        self, text: str, product_id: str, ruling: Ruling, reason: str, person: str
    ) -> StoredRuling:
        """Overturn what held for this pair until now. Raises ProductNotFound."""
        if not self.has_product(product_id):
            raise ProductNotFound(f"the current catalogue has no product {product_id!r}")
        key = text_key(text)
        new = NewRuling(key, text, product_id, ruling, None, None, person, reason)
        with transaction(self.engine) as connection:
            repository.lock(connection, key)
            repository.append(connection, self.clock, [new])
            [stored] = repository.history(connection, 1, text=text, product_id=product_id)
            details = {"product_id": product_id, "text": text, "reason": reason}
            event = Event(SUBJECT, str(stored.id), ruling.value, person, details)
            record(connection, self.clock, [event])
        return stored

    def page(
        self,
        limit: int,
        *,
        text: str | None = None,
        product_id: str | None = None,
        cursor: str | None = None,
    ) -> Page[StoredRuling]:
        """Return up to `limit` rulings, newest first. Raises InvalidCursor."""
        before = None if cursor is None else decode_id(cursor)
        with transaction(self.engine) as connection:
            found = repository.history(
                connection, limit + 1, text=text, product_id=product_id, before=before
            )
        return page_of(found, limit, lambda last: encode_id(last.id))
