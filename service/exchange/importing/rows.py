"""Verdicts from elsewhere, row by row, and what is wrong with a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from service.database.tables import Answer


@dataclass(frozen=True, slots=True)
class ImportedVerdict:
    """What one row says. The task is named by its id, or by its query and source.

    `line` is where it stands, from 1: a line of JSON lines, or a task of Label Studio's list.
    """

    line: int
    task_id: UUID | None
    query: str | None
    source: str | None
    answer: Answer
    product_ids: tuple[str, ...]
    comment: str | None
    person: str
    verdict_id: UUID | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class BadRow:
    """Why a row cannot be taken, under a stable code; `field` is None where it is the whole row."""

    line: int
    field: str | None
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadRows:
    """What was read: rows to take, how many say nothing today, and what is wrong."""

    verdicts: Sequence[ImportedVerdict]
    skipped: int
    bad: Sequence[BadRow]
