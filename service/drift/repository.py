"""SQL of traffic by hour. Nothing here commits: the caller owns the transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, literal_column, select
from sqlalchemy.dialects.postgresql import insert

from service.database.recordset import as_json, recordset
from service.database.tables import Decision, TrafficHourRow
from service.drift.counts import Counts

HOUR = timedelta(hours=1)

_hours = cast("Table", TrafficHourRow.__table__)
_KEY = (_hours.c.bundle_id, _hours.c.hour)
_SUMS = [column for column in _hours.c if column not in (*_KEY, _hours.c.score_counts)]
# Without a reference there are no bins, and a row may be of queries with and without.
_ADDED_BINS: ColumnElement[Any] = literal_column(
    "array(select coalesce(old, 0) + coalesce(new, 0)"
    " from unnest(traffic_hours.score_counts, excluded.score_counts)"
    " with ordinality as bin(old, new, place) order by place)"
)


@dataclass(frozen=True, slots=True)
class TrafficHour:
    """The queries of one hour, which begins at `hour`, that one bundle answered."""

    bundle_id: str
    hour: datetime
    counts: Counts


def hour_of(time: datetime) -> datetime:
    """Return the beginning of the hour (UTC)."""
    return time.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def add(connection: Connection, hours: Sequence[TrafficHour]) -> None:
    """Add counts to the hours of their bundles, in one statement.

    Each bundle and hour must occur once. Rows are written in the order of their keys, so that two
    callers cannot wait for each other.
    """
    ordered = sorted(hours, key=lambda one: (one.bundle_id, one.hour))
    if ordered:
        connection.execute(_ADD, {"rows": as_json([_row(one) for one in ordered])})


def of_bundle(connection: Connection, bundle_id: str, since: datetime) -> list[TrafficHour]:
    """Return the hours of a bundle from `since` on, oldest first, without those of no query."""
    return _read(connection, _since(since).where(_hours.c.bundle_id == bundle_id))


def of_all_bundles(connection: Connection, since: datetime) -> list[TrafficHour]:
    """Return the same of every bundle."""
    return _read(connection, _since(since))


def _since(since: datetime) -> Select[Any]:
    return select(_hours).where(_hours.c.hour >= since).order_by(_hours.c.hour, _hours.c.bundle_id)


def _read(connection: Connection, query: Select[Any]) -> list[TrafficHour]:
    return [_traffic_hour(row) for row in connection.execute(query)]


def _add() -> Any:  # noqa: ANN401 - the type of what insert().on_conflict_do_update() returns
    given = recordset("rows", list(_hours.c))
    ordered = select(given).order_by(given.c.bundle_id, given.c.hour)
    new = insert(_hours).from_select([column.name for column in _hours.c], ordered)
    sums: Mapping[str, Any] = {column.name: column + new.excluded[column.name] for column in _SUMS}
    return new.on_conflict_do_update(
        index_elements=_KEY, set_={**sums, "score_counts": _ADDED_BINS}
    )


_ADD = _add()  # made once: building it anew would cost more than running it


def _row(hour: TrafficHour) -> dict[str, Any]:
    counts = hour.counts
    return {
        "bundle_id": hour.bundle_id,
        "hour": hour.hour,
        "queries": counts.queries,
        "score_counts": counts.score_counts,
        "ngrams": counts.ngrams,
        "unseen_ngrams": counts.unseen_ngrams,
        "truncated": counts.truncated,
        **{decision.value: counts.decisions[decision] for decision in Decision},
    }


def _traffic_hour(row: Row[Any]) -> TrafficHour:
    counts = Counts(
        queries=row.queries,
        score_counts=tuple(row.score_counts),
        ngrams=row.ngrams,
        unseen_ngrams=row.unseen_ngrams,
        truncated=row.truncated,
        decisions=Counter({decision: getattr(row, decision.value) for decision in Decision}),
    )
    return TrafficHour(row.bundle_id, row.hour.astimezone(UTC), counts)
