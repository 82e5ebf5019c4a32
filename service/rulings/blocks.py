"""What the decision path asks of rulings: which products people have blocked for which texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, func, literal_column, select
from sqlalchemy.dialects.postgresql import distinct_on

from service.database.keys import is_key_in
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


def first_block(product_ids: Iterable[str], blocks: BlocksOfText) -> Block | None:
    """Return the block of the first of these products that has one."""
    return next((blocks[one] for one in product_ids if one in blocks), None) if blocks else None


def newest_blocks(parameter: str) -> Select[Any]:
    """Return the newest ruling on each pair of the texts whose keys are given, where it blocks.

    What is the same each time is no parameter: each of them costs time.
    """
    pair = (_rulings.c.text_key, _rulings.c.product_id)
    blocked: ColumnElement[str] = literal_column(f"'{Ruling.BLOCKED.value}'")
    by_hand = _rulings.c.verdict_id.is_(None) & (_rulings.c.ruling == blocked)
    last_by_hand = func.max(_rulings.c.created_at).filter(by_hand).over(partition_by=pair)
    about = (_rulings.c.id, _rulings.c.ruling, _rulings.c.task_id, _rulings.c.created_at)
    newest = (
        select(*pair, *about, last_by_hand.label("by_hand_at"))
        .where(is_key_in(parameter, _rulings.c.text_key))
        .ext(distinct_on(*pair))
        .order_by(*pair, _rulings.c.id.desc())
        .subquery()
    )
    named = (one for one in newest.c if one.name != "ruling")
    return select(*named).where(newest.c.ruling == blocked)
