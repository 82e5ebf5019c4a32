"""What the decision path asks of rulings: which products people have blocked for which texts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, LargeBinary, Select, Table, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from service.database.tables import PairRulingRow, Ruling

_rulings = cast("Table", PairRulingRow.__table__)


@dataclass(frozen=True, slots=True)
class Block:
    """The ruling that blocks a product for a text.

    `task_id` is None where it was made by hand. `by_hand_at` is when the pair was last blocked by
    hand, None where it never was.
    """

    ruling_id: int
    product_id: str
    task_id: UUID | None
    ruled_at: datetime
    by_hand_at: datetime | None


BlocksOfText = Mapping[str, Block]  # by product id


def read_blocks(
    connection: Connection, text_keys: Collection[bytes]
) -> Mapping[bytes, BlocksOfText]:
    """Return the products that are blocked for each of these texts, of those that have any."""
    found: dict[bytes, dict[str, Block]] = {}
    for row in connection.execute(_BLOCKED, {"keys": list(text_keys)}):
        block = Block(row.id, row.product_id, row.task_id, row.created_at, row.by_hand_at)
        found.setdefault(bytes(row.text_key), {})[row.product_id] = block
    return found


def first_block(product_ids: Iterable[str], blocks: BlocksOfText) -> Block | None:
    """Return the block of the first of these products that has one."""
    return next((blocks[one] for one in product_ids if one in blocks), None) if blocks else None


def _blocked() -> Select[Any]:
    """Return the newest ruling on each pair of the texts in `keys`, of those that block it."""
    pair = (_rulings.c.text_key, _rulings.c.product_id)
    by_hand = _rulings.c.verdict_id.is_(None) & (_rulings.c.ruling == Ruling.BLOCKED)
    last_by_hand = func.max(_rulings.c.created_at).filter(by_hand).over(partition_by=pair)
    named = (_rulings.c.id, _rulings.c.ruling, _rulings.c.task_id, _rulings.c.created_at)
    newest = (
        select(*pair, *named, last_by_hand.label("by_hand_at"))
        .where(_rulings.c.text_key == any_(bindparam("keys", type_=ARRAY(LargeBinary()))))
        .ext(distinct_on(*pair))
        .order_by(*pair, _rulings.c.id.desc())
        .subquery()
    )
    return select(newest).where(newest.c.ruling == Ruling.BLOCKED)


_BLOCKED = _blocked()  # made once: building it anew would cost more than running it
