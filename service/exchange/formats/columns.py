"""The columns of exports, in their order, with what they hold."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from service.exchange.rows import PAIR_COLUMNS


class Holds(enum.Enum):
    """What the cells of a column are; each may be null."""

    TEXT = enum.auto()
    NUMBER = enum.auto()
    TIME = enum.auto()
    BOOL = enum.auto()
    TEXTS = enum.auto()  # a list
    MAP = enum.auto()  # texts by name
    CANDIDATES = enum.auto()
    SAMPLES = enum.auto()


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    holds: Holds = Holds.TEXT


VERDICT_COLUMNS = (
    Column("cursor"),
    Column("verdict_id"),
    Column("task_id"),
    Column("kind"),
    Column("state"),
    Column("source"),
    Column("query"),
    Column("attributes", Holds.MAP),
    Column("candidates", Holds.CANDIDATES),
    Column("bundle_id"),
    Column("answer"),
    Column("product_ids", Holds.TEXTS),
    Column("comment"),
    Column("stage"),
    Column("origin"),
    Column("bulk_id"),
    Column("supersedes"),
    Column("current", Holds.BOOL),
    Column("final", Holds.BOOL),
    Column("person"),
    Column("created_at", Holds.TIME),
    Column("claimed_at", Holds.TIME),
    Column("answered_at", Holds.TIME),
    Column("seconds", Holds.NUMBER),
    Column("streams", Holds.TEXTS),
    Column("samples", Holds.SAMPLES),
)


def pair_columns(attributes: list[str]) -> tuple[Column, ...]:
    """Return the columns of pairs, with those of the queries' attributes behind."""
    numbers = {"threshold"}
    fixed = [Column(name, Holds.NUMBER if name in numbers else Holds.TEXT) for name in PAIR_COLUMNS]
    return (*fixed, *(Column(name) for name in attributes))
