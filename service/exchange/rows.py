"""Rows as they are exported: plain values under stable names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row

from service.exchange.options import LabelStream
from service.paging import encode_place

Exported = dict[str, Any]
NameOf = Mapping[str, str]

RESERVED = ("query_id", "query", "product_id", "source", "stream", "threshold", "part", "label")
"""Columns that training reads as more than an attribute of a query."""
PAIR_COLUMNS = RESERVED[:6]


def verdict_row(row: Row[Any], person: str) -> Exported:
    """Return everything that is known of a verdict; `person` is the name to be shown."""
    answered_at = row.created_at.astimezone(UTC)
    seconds = row.seconds
    claimed_at = None if seconds is None else answered_at - timedelta(seconds=seconds)
    return {
        "cursor": encode_place(answered_at, row.id),
        "verdict_id": str(row.id),
        "task_id": str(row.task_id),
        "kind": row.kind.value,
        "state": row.state.value,
        "source": row.source,
        "query": row.text,
        "attributes": row.attributes,
        "candidates": [_candidate(candidate) for candidate in row.candidates],
        "bundle_id": row.bundle_id,
        "answer": row.answer.value,
        "product_ids": list(row.product_ids),
        "comment": row.comment,
        "stage": row.stage.value,
        "origin": row.origin,
        "bulk_id": None if row.bulk_id is None else str(row.bulk_id),
        "supersedes": None if row.supersedes is None else str(row.supersedes),
        "current": row.current,
        "final": row.final,
        "person": person,
        "created_at": row.asked_at.astimezone(UTC),
        "claimed_at": claimed_at,
        "answered_at": answered_at,
        "seconds": seconds,
        "streams": _streams(row.samples),
        "samples": row.samples,
    }


def pair_rows(row: Row[Any], stream: LabelStream) -> Iterator[Exported]:
    """Yield a row for each product of a final label, or one without a product: none is right.

    `query_id` holds the rows of a label together; what training calls otherwise is an attribute.
    """
    label: Exported = {
        "query_id": str(row.label_id),
        "query": row.text,
        "product_id": "",
        "source": row.source,
        "stream": stream.value,
        "threshold": row.threshold,
    }
    attributes = {attribute_column(name): str(value) for name, value in row.attributes.items()}
    for product_id in row.product_ids or [""]:
        yield {**label, **attributes, "product_id": product_id}


def attribute_column(name: str) -> str:
    """Return the column of an attribute; one that would mean something else gets a prefix."""
    return f"attribute_{name}" if name in RESERVED else name


def _streams(samples: list[dict[str, Any]]) -> list[str]:
    return sorted({one["stream"] for one in samples}) or [LabelStream.REVIEW.value]


def _candidate(stored: Mapping[str, Any]) -> Exported:
    """Return a stored candidate; those of an older release have no probability."""
    names = ("product_id", "title", "score", "probability", "rank")
    return {name: stored.get(name) for name in names}


def as_utc(moment: datetime) -> str:
    """Return a time as JSON and CSV have it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
