"""What people have said about the queries of a batch, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Row, cast, null, select, union_all
from sqlalchemy.dialects.postgresql import array

from service.database.keys import joined
from service.review.rows import verified_from
from service.review.tasks import VerifiedAnswer
from service.review.verified import newest_verdicts
from service.rulings.blocks import Block, BlocksOfText, newest_blocks


@dataclass(frozen=True, slots=True)
class Said:
    """The verdicts on queries by their key, and the products that are blocked by key of a text."""

    verified: Mapping[bytes, VerifiedAnswer]
    blocks: Mapping[bytes, BlocksOfText]


def read_said(
    connection: Connection, query_keys: Collection[bytes], text_keys: Collection[bytes]
) -> Said:
    """Return the newest certain verdict on each query and the blocks of each text."""
    keys = {"query_keys": joined(query_keys), "text_keys": joined(text_keys)}
    verified: dict[bytes, VerifiedAnswer] = {}
    blocks: dict[bytes, dict[str, Block]] = {}
    for row in connection.execute(_SAID, keys):
        key = bytes(row.key)
        if row.ruling_id is None:
            verified[key] = verified_from(row)
        else:
            block = _block(row)
            blocks.setdefault(key, {})[block.product_id] = block
    return Said(verified, blocks)


def _block(row: Row[Any]) -> Block:
    [product_id] = row.product_ids
    return Block(row.ruling_id, product_id, row.task_id, row.created_at, row.by_hand_at)


def _said() -> CompoundSelect[Any]:
    """Return verdicts and blocks with the columns of both: asking twice would take twice as long.

    A verdict has no `ruling_id`; a block has no answer, and one product.
    """
    verdicts = newest_verdicts("query_keys").subquery("verdicts_given")
    blocks = newest_blocks("text_keys").subquery("blocks")
    answer, person = verdicts.c.answer, verdicts.c.person
    ruling_id, by_hand_at = blocks.c.id, blocks.c.by_hand_at
    return union_all(
        select(
            verdicts.c.query_key.label("key"),
            verdicts.c.task_id,
            verdicts.c.created_at,
            verdicts.c.product_ids,
            answer,
            person,
            cast(null(), ruling_id.type).label("ruling_id"),
            cast(null(), by_hand_at.type).label("by_hand_at"),
        ),
        select(
            blocks.c.text_key,
            blocks.c.task_id,
            blocks.c.created_at,
            array([blocks.c.product_id]),
            cast(null(), answer.type),
            cast(null(), person.type),
            ruling_id,
            by_hand_at,
        ),
    )


_SAID = _said()  # made once: building it anew would cost more than running it
